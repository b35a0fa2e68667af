/** Telling people without an Alertmanager: staged messages about an expiry, and a webhook for changes. */
export { createNotifier, type Notifier } from './notifier.ts';
