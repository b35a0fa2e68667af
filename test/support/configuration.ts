/** Configurations as the parser returns them, for tests of everything after it. */
import type { Configuration, ResolvedEnvironment } from '../../src/config/types.ts';
import { dayMs } from '../../src/time/duration.ts';
import { inline } from './sources.ts';

const contact = { name: 'Sample Contact', email: 'contact@example.nhs.uk', telephone: '0113 000 0000' };

export function sampleEnvironment(more: Partial<ResolvedEnvironment> = {}): ResolvedEnvironment {
  return {
    name: 'integration',
    preset: 'integration',
    application: 'Mavis',
    odsCode: 'X26',
    contact,
    mesh: {
      url: 'https://localhost:1',
      mailboxId: 'X26ABC1',
      password: inline('password'),
      sharedKey: inline('TestKey'),
      verifyServer: true,
      probe: 'validate',
      timeouts: { connectMs: 500, tlsMs: 500, requestMs: 500 },
    },
    credential: {
      kind: 'pem',
      certificate: { kind: 'file', path: '/nowhere/client.pem' },
      privateKey: { kind: 'file', path: '/nowhere/key.pem' },
      caBundle: { kind: 'file', path: '/nowhere/bundle.pem' },
    },
    chainOrder: 'root-first',
    thresholds: { warningMs: 45 * dayMs, criticalMs: 14 * dayMs },
    renewal: {
      windowMs: 60 * dayMs,
      mode: 'send',
      key: 'new',
      keyBits: 2048,
      deskWorkingDays: 5,
      reminderWorkingDays: 5,
      desk: ['desk@example.nhs.uk'],
      enclose: [],
      requiresConformanceCertificate: false,
    },
    ...more,
  };
}

export function sampleConfiguration(
  environments: readonly ResolvedEnvironment[] = [sampleEnvironment()],
  more: Partial<Configuration> = {},
): Configuration {
  return {
    path: '/nowhere/mesh-cert-monitor.yaml',
    application: 'Mavis',
    odsCode: 'X26',
    contact,
    stateDir: '/nowhere/state',
    http: { host: '127.0.0.1', port: 0 },
    schedule: { check: '*/5 * * * *', handshake: '17 * * * *', timezone: 'Europe/London' },
    environments,
    warnings: [],
    contentHash: '0'.repeat(64),
    ...more,
  };
}
