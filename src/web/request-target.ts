/**
 * What a request is for, as path and query. A client may also send a whole URL, whose host says nothing here (RFC 9112 §3.2.2).
 * @returns undefined if it is neither.
 */
export function originForm(target: string): string | undefined {
  if (target.startsWith('/')) return target;
  const url = URL.parse(target);
  return url && /^https?:$/.test(url.protocol) ? `${url.pathname}${url.search}` : undefined;
}
