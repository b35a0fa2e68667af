/** The whole HTTP surface with sample data: pages, calendar, API, health and metrics on a loopback port. */
import { inspectDropped } from '../../../src/inspect/dropped.ts';
import type { ReadMessage } from '../../../src/renewal/mail/read-message.ts';
import type { RenewalFiles } from '../../../src/renewal/store/read-pending.ts';
import type { RenewalRecord, RenewalRecords, RenewalState } from '../../../src/renewal/types.ts';
import { pastDays } from '../../../src/status/index.ts';
import type { EnvironmentStatus, EstateStatus } from '../../../src/status/types.ts';
import { escaped, say, Untrusted } from '../../../src/text/index.ts';
import { dayMs } from '../../../src/time/index.ts';
import { createApp, type WebOptions } from '../../../src/web/app.ts';
import { pages } from '../../../src/web/pages.ts';
import { type ListenOptions, listen } from '../../../src/web/server.ts';
import type { Shown } from '../../../src/web/shown.ts';
import {
  daysFromSampleNow,
  environmentStatus,
  estateOf,
  everyEnvironment,
  handshakeStatusOf,
  hostileSubject,
  sampleAssessment,
  sampleChain,
  sampleFailedHandshake,
  sampleFinding,
  sampleHandshake,
  sampleNow,
} from '../status.ts';

export const sampleCsr = `-----BEGIN CERTIFICATE REQUEST-----\n${'MIICcjCCAVoCAQAwLTErMCkGA1UEAwwieDI2YWJjMS54MjYuYXBpLm1lc2gtY2xp\n'.repeat(12)}-----END CERTIFICATE REQUEST-----\n`;

export const sampleMessage: ReadMessage = {
  headers: [
    { name: 'From', value: 'MESH certificates <mesh-certificates@example.org>' },
    { name: 'To', value: 'itoc.supportdesk@nhs.net' },
    { name: 'Subject', value: 'MESH certificate renewal request: Mavis, integration, mailbox X26ABC1' },
  ],
  text: 'Hello,\n\nPlease could you issue a new MESH client certificate.\n\nThank you,\nAda Lovelace\n',
  attachments: ['x26abc1.x26.api.mesh-client.nhs.uk.csr'],
};

/** @param list - oldest first. */
export const recordsOf = (list: readonly RenewalRecord[]): RenewalRecords => ({
  count: list.length,
  slice: (from, most) => list.slice(from, from + most),
  of: (environment) => list.filter((each) => each.environment === environment),
});

export function sampleRecord(
  environment: string,
  state: RenewalState,
  more: Partial<RenewalRecord> = {},
): RenewalRecord {
  const asked = !['not_due', 'due'].includes(state);
  const passed = ['not_due', 'due', 'sending', 'requested', 'issued', 'deployed'] as const;
  const until = passed.indexOf(state as (typeof passed)[number]);
  const states = until < 0 ? ([...passed.slice(0, 3), state] as const) : passed.slice(0, until + 1);
  return {
    environment,
    fingerprintSha256: Buffer.from(environment.padEnd(32, '.').slice(0, 32)).toString('hex'),
    state,
    commonName: new Untrusted('x26abc1.x26.api.mesh-client.nhs.uk'),
    serial: '0A1B2C3D4E5F60718293A4B5C6D7E8F9',
    notAfter: daysFromSampleNow(40),
    transitions: states.map((each, index) => ({
      state: each,
      at: daysFromSampleNow(index - states.length),
      reason: say`sample of ${each}`,
    })),
    attempts: asked ? 1 : 0,
    ...(asked
      ? {
          requestedAt: daysFromSampleNow(-3),
          delivery: 'sent' as const,
          messageId: '<request.0a1b@example.org>',
          keyFile: 'pending/a/private_key-0a1b2c3d.pem',
          csrFile: 'pending/a/x26abc1.x26.api.mesh-client.nhs.uk.csr',
          messageFile: 'pending/a/request.eml',
          spkiSha256: 'b'.repeat(64),
        }
      : {}),
    ...more,
  };
}

/** Every state that people see, with a history of handshakes, a broken chain, and the recorded renewal if there is one. */
export function richEnvironments(): EnvironmentStatus[] {
  const all = everyEnvironment();
  const history = [...Array(24).keys()].map((index) =>
    index % 9 === 4
      ? sampleFailedHandshake('connection_timeout', { startedAt: daysFromSampleNow((index - 24) / 24) })
      : sampleHandshake({
          startedAt: daysFromSampleNow((index - 24) / 24),
          phases: { dns: 0.002, connect: 0.01 + index / 1000, tls: 0.04, request: 0.05 + (index % 5) / 50 },
        }),
  );
  const last = history.at(-1)!;
  return [
    { ...all.healthy, handshake: handshakeStatusOf(last, { history }) },
    brokenChain(),
    ...Object.values(all)
      .slice(1)
      .map((each) =>
        each.name.startsWith('renewal-')
          ? { ...each, renewal: { ...each.renewal, record: sampleRecord(each.name, each.renewal.state) } }
          : each,
      ),
  ];
}

function brokenChain(): EnvironmentStatus {
  const certificates = sampleChain().filter(({ role }) => role !== 'root');
  const findings = [sampleFinding('chain_untrusted', 'No root certificate of the bundle ends the path.')];
  return environmentStatus({
    name: 'broken-chain',
    assessment: sampleAssessment({ certificates, failed: ['chain_valid', 'rehearsal'], findings }),
  });
}

export const richEstate = (): EstateStatus => estateOf(richEnvironments());

/** Of every environment that has one, and of one that is no longer configured. */
export function richRecords(): RenewalRecord[] {
  return [
    sampleRecord('retired', 'deployed', { closedAt: daysFromSampleNow(-2) }),
    ...richEnvironments().flatMap(({ renewal }) => renewal.record ?? []),
    sampleRecord('hostile', 'failed', {
      commonName: new Untrusted(hostileSubject),
      lastError: escaped(hostileSubject),
    }),
  ];
}

/** Ninety days of which the first ten are not known, with two bad spells; the present state has lasted for three days. */
export const samplePast: Shown['past'] = (environment, now) => {
  const { status = 'ok' } = richEnvironments().find(({ name }) => name === environment) ?? {};
  const days = Array.from({ length: pastDays }, (_, day) =>
    day < 10 ? undefined : day >= 87 ? status : day === 40 ? 'critical' : day > 50 && day < 56 ? 'warning' : 'ok',
  );
  return { since: new Date(now.getTime() - 3 * dayMs), days };
};

export interface Served {
  readonly url: string;
  readonly reported: unknown[];
  get(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

export async function servePages(
  more: Partial<Shown> = {},
  { basicAuth, ...options }: Partial<ListenOptions> & Pick<WebOptions, 'basicAuth'> = {},
): Promise<Served> {
  const messageFile = Buffer.from(`Subject: MESH certificate renewal request\r\n\r\n${sampleMessage.text}`);
  const files: RenewalFiles = { csrPem: sampleCsr, message: sampleMessage, messageFile };
  const shown: Shown = {
    estate: richEstate,
    now: () => sampleNow,
    past: samplePast,
    renewals: () => recordsOf(richRecords()),
    renewalFiles: async (record) => (record.csrFile ? files : {}),
    stateDir: () => '/var/lib/mesh-cert-monitor',
    inspect: inspectDropped,
    ...more,
  };
  const reported: unknown[] = [];
  const app = createApp({
    estate: shown.estate,
    now: shown.now,
    build: { version: '1.2.3', nodeVersion: '24.0.0' },
    report: (error) => reported.push(error),
    ...(basicAuth ? { basicAuth } : {}),
    ...pages(shown),
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0, ...options });
  return {
    url: server.url,
    reported,
    get: (path, init) => fetch(`${server.url}${path}`, { redirect: 'manual', ...init }),
    close: () => server.close(0),
  };
}
