/** Times in UTC, marked as such, for logs, findings and terminals: readers may be in other places, or programs. */
import { type SafeText, say } from '../text/index.ts';

/** `2026-12-22` */
export const utcDay = (time: Date): SafeText => say`${time.toISOString().slice(0, -14)}`;

/** `2026-12-22 09:30:00 UTC`. To the second, like a certificate’s validity. */
export const utcTime = (time: Date): SafeText => say`${time.toISOString().slice(0, -5).replace('T', ' ')} UTC`;

/** RFC 3339 to the second: `2026-12-22T09:30:00Z`. */
export const rfc3339 = (time: Date): SafeText => say`${time.toISOString().slice(0, -5)}Z`;
