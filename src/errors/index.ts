/** The base class of our errors, and the list of their codes. */
export { type ErrorCode, errorCatalogue } from './catalogue.ts';
export { MonitorError } from './monitor-error.ts';
