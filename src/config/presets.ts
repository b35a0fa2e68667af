import type { PresetName } from './types.ts';

/** Known facts about one of NHS England's MESH environments, so that users do not have to look them up. */
export interface Preset {
  readonly title: string;
  readonly url: string;
  /** Who issues certificates for it. Empty if it does not require one. */
  readonly desk: readonly string[];
  /** Whether the desk requires the technical conformance certificate with the CSR. */
  readonly requiresConformanceCertificate: boolean;
  readonly verifyServer: boolean;
  /** The NHS root that signs its clients: Path to Live or live. */
  readonly pki?: 'path-to-live' | 'live';
}

const itocDesk = 'itoc.supportdesk@nhs.net';
const nationalServiceDesk = 'ssd.nationalservicedesk@nhs.net';

/** Source: MESH API specification (environments); NHS England's pages on certificates for MESH API clients (desks, enclosures). */
export const presets: Readonly<Record<PresetName, Preset>> = {
  integration: {
    title: 'Integration (INT), for testing against NHS England',
    url: 'https://msg.intspineservices.nhs.uk',
    desk: [itocDesk],
    requiresConformanceCertificate: false,
    verifyServer: true,
    pki: 'path-to-live',
  },
  deployment: {
    title: 'Deployment (DEP), for assurance before going live',
    url: 'https://msg.depspineservices.nhs.uk',
    desk: [itocDesk],
    requiresConformanceCertificate: false,
    verifyServer: true,
    pki: 'path-to-live',
  },
  production: {
    title: 'Production (live)',
    url: 'https://mesh-sync.spineservices.nhs.uk',
    desk: [nationalServiceDesk],
    requiresConformanceCertificate: true,
    verifyServer: true,
    pki: 'live',
  },
  sandbox: {
    title: 'A MESH sandbox on your own machine, which does not ask for a client certificate',
    url: 'https://localhost:8700',
    desk: [],
    requiresConformanceCertificate: false,
    verifyServer: false,
  },
};

export const presetNames = Object.keys(presets) as [PresetName, ...PresetName[]];
