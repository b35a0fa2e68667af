import { Tag } from '../parts/tag.tsx';
import { type Turn, turnWords } from './next.ts';

const colours = { you: 'yellow', desk: 'blue', service: 'grey', nobody: 'grey', finished: 'green' } as const;

export const TurnTag = ({ turn }: { turn: Turn }) => <Tag colour={colours[turn]}>{turnWords[turn]}</Tag>;
