/** Colours, mappings and thresholds, from the same source as the alerts. Every colour comes with text. */
import {
  MappingType,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { config } from '../../alerts/src/config.ts';
import { handshakeReasons } from '../../src/mesh/index.ts';
import { draftedLabel, type RenewalState, renewalStates, stateCatalogue } from '../../src/renewal/index.ts';

const [green, amber, red, blue, grey] = ['green', 'orange', 'red', 'blue', 'text'];

const steps = (...each: Threshold[]) => new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(each);

export const daysLeftThresholds = () =>
  steps(
    { value: null, color: red },
    { value: config.criticalDays, color: amber },
    { value: config.warningDays, color: green },
  );
export const serverDaysThresholds = () =>
  steps({ value: null, color: amber }, { value: config.serverCertificateDays, color: green });
export const skewThresholds = () =>
  steps(
    { value: null, color: red },
    { value: -config.clockSkewCriticalSeconds, color: amber },
    { value: -config.clockSkewWarningSeconds, color: green },
    { value: config.clockSkewWarningSeconds, color: amber },
    { value: config.clockSkewCriticalSeconds, color: red },
  );
export const badAboveZero = (color: 'orange' | 'red') => steps({ value: null, color: green }, { value: 1, color });
export const neutral = () => steps({ value: null, color: grey });
export const ageThresholds = (seconds: number) => steps({ value: null, color: green }, { value: seconds, color: red });

const texts = (options: Record<string, { text: string; color: string }>): ValueMapping[] => [
  { type: MappingType.ValueToText, options },
];

export const yesNo = (yes: string, no: string) =>
  texts({ 1: { text: yes, color: green }, 0: { text: no, color: red } });
export const checkNames = () =>
  texts({
    0: { text: 'failed', color: red },
    1: { text: 'passed', color: green },
    2: { text: 'not judged', color: amber },
  });
export const severityNames = () =>
  texts({
    0: { text: 'OK', color: green },
    1: { text: 'warning', color: amber },
    2: { text: 'critical', color: red },
  });
export const reasonNames = () =>
  texts({
    0: { text: 'success', color: green },
    ...Object.fromEntries(handshakeReasons.map((text, index) => [index + 1, { text, color: red }])),
  });

/** The metric does not tell a request that was sent from a draft. */
const renewalLabel = (state: RenewalState) =>
  state === 'requested' ? `Requested or ${draftedLabel.toLowerCase()}` : stateCatalogue[state].label;

const renewalColours: Record<RenewalState, string> = {
  not_due: green,
  due: amber,
  sending: amber,
  requested: blue,
  uncertain: red,
  issued: blue,
  deployed: green,
  failed: red,
};
export const renewalNames = () =>
  texts(
    Object.fromEntries(
      renewalStates.map((state, index) => [index, { text: renewalLabel(state), color: renewalColours[state] }]),
    ),
  );
