/** Times in UTC, and said so: for logs, findings and terminals, where readers are in several places or are programs. */
import { type SafeText, say } from '../text/index.ts';

/** `2026-12-22` */
export const utcDay = (time: Date): SafeText => say`${time.toISOString().slice(0, -14)}`;

/** `2026-12-22 09:30:00 UTC`. To the second: a certificate’s validity has no finer grain. */
export const utcTime = (time: Date): SafeText => say`${time.toISOString().slice(0, -5).replace('T', ' ')} UTC`;

/** RFC 3339 to the second: `2026-12-22T09:30:00Z`. */
export const rfc3339 = (time: Date): SafeText => say`${time.toISOString().slice(0, -5)}Z`;
