/** How a name relates to a constraint of its form. A name that cannot be compared is refused (RFC 5280 §4.2.1.10), because nobody can say that it is outside. */
export type Comparison = 'inside' | 'outside' | 'incomparable';

export const inside = (is: boolean): Comparison => (is ? 'inside' : 'outside');
