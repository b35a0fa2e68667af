import { type SafeText, say } from '../../text/index.ts';

/** A verdict as one line, for logs and mail from cron, however long it is. */
export const oneLine = (lines: readonly SafeText[]): SafeText => say`${lines.map((line) => line.trim()).join(' ')}\n`;
