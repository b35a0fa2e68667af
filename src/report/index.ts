/** Output as text, JSON and for monitoring plugins, and the schemas of the public JSON. */
export {
  checkReport,
  diagnosisOf,
  environmentJson,
  handshakeJson,
  type Inspected,
  inspectionJson,
  inspectionReport,
  inspectionsReport,
  type NotJudged,
  renewalJson,
  renewalRecordJson,
} from './json.ts';
export { nagiosLine, nagiosUnknown, type PluginFacts, worstStanding } from './nagios.ts';
export { renewalsText } from './renewals.ts';
export { reportedReport } from './reported/json.ts';
export { type ReportedEnvironment, reportedEnvironment } from './reported/reported.ts';
export { reportedText } from './reported/text.ts';
export { environmentSchema, handshakeSchema, renewalRecordSchema, statusSchema } from './schema.ts';
export { type ServerInspected, serverHeadline, serverReport, serverStatus, serverText } from './server.ts';
export {
  checkText,
  type InspectedFile,
  inspectionHeadline,
  inspectionsText,
  inspectionText,
  verdictOfInspection,
} from './text.ts';
