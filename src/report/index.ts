/** Output as text, JSON and for monitoring plugins, and the schemas of the public JSON. */
export {
  checkReport,
  environmentJson,
  handshakeJson,
  inspectionJson,
  inspectionReport,
  renewalJson,
  renewalRecordJson,
  worstStatus,
} from './json.ts';
export { nagiosLine, nagiosUnknown } from './nagios.ts';
export { environmentSchema, handshakeSchema, renewalRecordSchema, statusSchema } from './schema.ts';
export { checkText, inspectionText } from './text.ts';
