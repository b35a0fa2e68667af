import { BigValueTextMode } from '@grafana/grafana-foundation-sdk/common';
import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { config } from '../../alerts/src/config.ts';
import * as look from './appearance.ts';
import { environmentUid, frame } from './frame.ts';
import {
  joined,
  linePanel,
  now,
  over,
  type Place,
  rows,
  stackedBars,
  statPanel,
  tablePanel,
  timelinePanel,
} from './panels.ts';
import { queries } from './queries.ts';

const row = (title: string, y: number) => new RowBuilder(title).gridPos({ x: 0, y, w: 24, h: 1 });
const at = (x: number, y: number, w: number, h: number): Place => ({ x, y, w, h });

function atPresent(dashboard: DashboardBuilder): DashboardBuilder {
  return dashboard
    .withRow(row('Now', 0))
    .withPanel(
      statPanel({
        title: 'Credential',
        description:
          'Whether MESH would accept the deployed credential now, and what the next deployment gets, if that is configured.',
        at: at(0, 1, 4, 4),
      })
        .withTarget(now(queries.valid, 'A', 'deployed'))
        .withTarget(now(queries.nextValid, 'B', 'next'))
        .mappings(look.yesNo('valid', 'refused')),
    )
    .withPanel(
      statPanel({
        title: 'Stops working in',
        description:
          'Days until the first certificate on the path expires, and the same of what the next deployment gets, if that is configured.',
        at: at(4, 1, 4, 4),
      })
        .withTarget(now(queries.credentialDaysLeft, 'A', 'deployed'))
        .withTarget(now(queries.nextDaysLeft, 'B', 'next'))
        .unit('d')
        .decimals(0)
        .thresholds(look.daysLeftThresholds()),
    )
    .withPanel(
      statPanel({
        title: 'Client certificate',
        description: 'Days until the client certificate itself expires.',
        at: at(8, 1, 4, 4),
      })
        .withTarget(now(queries.clientDaysLeft))
        .unit('d')
        .decimals(0)
        .thresholds(look.daysLeftThresholds()),
    )
    .withPanel(
      statPanel({
        title: 'Last successful handshake',
        description: 'Time since the last successful handshake.',
        at: at(12, 1, 4, 4),
      })
        .withTarget(now(queries.handshakeAge))
        .unit('s')
        .decimals(0)
        .thresholds(look.ageThresholds(config.mailboxValidatedHours * 3600)),
    )
    .withPanel(
      statPanel({ title: 'Renewal', description: 'The state of the renewal.', at: at(16, 1, 4, 4) })
        .withTarget(now(queries.renewalState))
        .mappings(look.renewalNames()),
    )
    .withPanel(
      statPanel({
        title: 'MESH’s own certificate',
        description: 'Days until the first of the server’s certificates expires.',
        at: at(20, 1, 4, 4),
      })
        .withTarget(now(queries.serverDaysLeft))
        .unit('d')
        .decimals(0)
        .thresholds(look.serverDaysThresholds()),
    );
}

const date = [{ id: 'unit', value: 'dateTimeAsIso' }];

function credential(dashboard: DashboardBuilder): DashboardBuilder {
  return dashboard
    .withRow(row('Credential', 5))
    .withPanel(
      tablePanel({
        title: 'Certificates',
        description: 'Every certificate on the path and in the bundle.',
        at: at(0, 6, 24, 8),
      })
        .withTarget(rows(queries.certificateInfo, 'A'))
        .withTarget(rows(queries.certificateNotBefore, 'B'))
        .withTarget(rows(queries.certificateNotAfter, 'C'))
        .withTarget(rows(queries.certificateDaysLeft, 'D'))
        .transformations([
          ...joined(['role', 'subject'], {
            role: 'Role',
            subject: 'Subject',
            'Value #B': 'Not before',
            'Value #C': 'Not after',
            'Value #D': 'Days left',
            issuer: 'Issuer',
            serial: 'Serial',
            key_algorithm: 'Key',
            key_bits: 'Bits',
            signature_algorithm: 'Signature',
            fingerprint_sha256: 'SHA-256',
          }),
          { id: 'filterFieldsByName', options: { exclude: { names: ['Value #A'] } } },
        ])
        .overrideByName('Not before', date)
        .overrideByName('Not after', date)
        .overrideByName('Days left', [
          { id: 'unit', value: 'd' },
          { id: 'decimals', value: 0 },
          { id: 'thresholds', value: look.daysLeftThresholds().build() },
          { id: 'custom.cellOptions', value: { type: 'color-text' } },
        ]),
    )
    .withPanel(
      timelinePanel({
        title: 'Checks',
        description: 'Whether each check of the deployed credential passed. Without its input it is not judged.',
        at: at(0, 14, 12, 9),
      })
        .withTarget(over(queries.checks, '{{check}}'))
        .mappings(look.checkNames()),
    )
    .withPanel(
      timelinePanel({
        title: 'Findings',
        description: 'The finding to act on first, and every finding in this environment.',
        at: at(12, 14, 12, 9),
      })
        .withTarget(over(queries.cause, 'first: {{code}}', 'B'))
        .withTarget(over(queries.findings, '{{severity}} {{code}}'))
        .mappings(look.yesNo('present', 'cleared')),
    );
}

function handshake(dashboard: DashboardBuilder): DashboardBuilder {
  return dashboard
    .withRow(row('Handshake', 23))
    .withPanel(
      timelinePanel({
        title: 'Outcome',
        description: 'How the last handshake ended, with the reason when it failed.',
        at: at(0, 24, 8, 6),
      })
        .withTarget(over(queries.handshakeReason, '{{mesh_environment}}'))
        .mappings(look.reasonNames()),
    )
    .withPanel(
      timelinePanel({
        title: 'Client certificate',
        description: 'Whether the server requested it. A server that does not is a sandbox, or is not MESH.',
        at: at(8, 24, 4, 6),
      })
        .withTarget(over(queries.certificateRequested, '{{mesh_environment}}'))
        .mappings(look.yesNo('requested', 'not requested')),
    )
    .withPanel(
      stackedBars({ title: 'Phases', description: 'Duration of each phase of the handshake.', at: at(12, 24, 12, 6) })
        .withTarget(over(queries.handshakePhases, '{{phase}}'))
        .unit('s'),
    )
    .withPanel(
      linePanel({
        title: 'Clock skew',
        description: 'The monitor’s clock minus the server’s. Beyond two hours MESH refuses every token.',
        at: at(0, 30, 8, 6),
      })
        .withTarget(over(queries.clockSkew, 'skew'))
        .unit('s')
        .thresholds(look.skewThresholds()),
    )
    .withPanel(
      linePanel({
        title: 'HTTP status',
        description: 'Status code of the last response; 0 if there was none.',
        at: at(8, 30, 8, 6),
      })
        .withTarget(over(queries.handshakeStatusCode, 'status'))
        .unit('none'),
    )
    .withPanel(
      linePanel({
        title: 'Handshakes per day',
        description: 'Handshakes in the last day, by outcome.',
        at: at(16, 30, 8, 6),
      })
        .withTarget(over(queries.handshakeRate, '{{outcome}}'))
        .unit('short'),
    );
}

function renewal(dashboard: DashboardBuilder): DashboardBuilder {
  return dashboard
    .withRow(row('Renewal', 36))
    .withPanel(
      timelinePanel({
        title: 'State',
        description: 'The state of the renewal, from due to deployed.',
        at: at(0, 37, 12, 6),
      })
        .withTarget(over(queries.renewalState, '{{mesh_environment}}'))
        .mappings(look.renewalNames()),
    )
    .withPanel(
      statPanel({
        title: 'Window opens',
        description: 'When the request will be drafted and sent.',
        at: at(12, 37, 4, 3),
      })
        .withTarget(now(queries.renewalDue))
        .unit('dateTimeAsIso')
        .thresholds(look.neutral()),
    )
    .withPanel(
      statPanel({ title: 'Requested', description: 'When the request was sent to the desk.', at: at(16, 37, 4, 3) })
        .withTarget(now(queries.renewalRequested))
        .unit('dateTimeAsIso')
        .noValue('not yet')
        .thresholds(look.neutral()),
    )
    .withPanel(
      statPanel({
        title: 'Window',
        description: 'How long before expiry a renewal is due (renewal.window).',
        at: at(12, 40, 4, 3),
      })
        .withTarget(now(queries.renewalWindow))
        .unit('s')
        .thresholds(look.neutral()),
    )
    .withPanel(
      statPanel({
        title: 'Desk needs',
        description: 'How long the desk needs, as days of 24 hours (renewal.desk_working_days).',
        at: at(16, 40, 4, 3),
      })
        .withTarget(now(queries.deskLeadTime))
        .unit('s')
        .thresholds(look.neutral()),
    )
    .withPanel(
      linePanel({ title: 'Emails per week', description: 'Renewal emails by outcome.', at: at(20, 37, 4, 3) })
        .withTarget(over(queries.renewalEmails, '{{outcome}}'))
        .unit('short'),
    )
    .withPanel(
      statPanel({
        title: 'Last safe day',
        description: 'The last working day on which a request leaves the desk the time it needs.',
        at: at(20, 40, 4, 3),
      })
        .withTarget(now(queries.renewalLastSafeDay))
        .unit('dateTimeAsIso')
        .thresholds(look.neutral()),
    );
}

function monitor(dashboard: DashboardBuilder): DashboardBuilder {
  return dashboard
    .withRow(row('The monitor itself', 43))
    .withPanel(
      statPanel({
        title: 'Last check',
        description: 'How long ago this environment was last checked.',
        at: at(0, 44, 5, 4),
      })
        .withTarget(now(queries.checkAge))
        .unit('s')
        .decimals(0)
        .thresholds(look.ageThresholds(config.checkLateSeconds)),
    )
    .withPanel(
      linePanel({
        title: 'Check duration',
        description: 'How long the checks of this environment take.',
        at: at(5, 44, 9, 4),
      })
        .withTarget(over(queries.checkDuration, 'duration'))
        .unit('s'),
    )
    .withPanel(
      statPanel({
        title: 'Configuration',
        description: 'Whether the file on disk is the one in force.',
        at: at(14, 44, 3, 4),
      })
        .withTarget(now(queries.reloadSuccessful))
        .mappings(look.yesNo('in force', 'rejected, previous one in force')),
    )
    .withPanel(
      statPanel({
        title: 'Loaded',
        description: 'How long ago the configuration in force was loaded.',
        at: at(17, 44, 3, 4),
      })
        .withTarget(now(queries.reloadAge))
        .unit('s')
        .thresholds(look.neutral()),
    )
    .withPanel(
      statPanel({ title: 'Version', description: 'Version of the monitor and of Node.js.', at: at(20, 44, 4, 4) })
        .withTarget(now(queries.build, 'A', '{{version}}, Node {{node_version}}'))
        .textMode(BigValueTextMode.Name)
        .thresholds(look.neutral()),
    );
}

export function environment(): DashboardBuilder {
  const dashboard = frame({
    uid: environmentUid,
    title: 'NHS MESH certificates: environment',
    description: 'Path, handshake, findings and renewal of one environment.',
    source: 'environment.ts',
    several: false,
  });
  return [atPresent, credential, handshake, renewal, monitor].reduce((built, part) => part(built), dashboard);
}
