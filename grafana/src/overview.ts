import { type DashboardBuilder, DashboardLinkBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import * as look from './appearance.ts';
import { environmentUid, frame, overviewUid } from './frame.ts';
import { barPanel, joined, linePanel, now, over, rows, statPanel, tablePanel, timelinePanel } from './panels.ts';
import { queries } from './queries.ts';

const detailUrl = `/d/${environmentUid}?var-mesh_environment=\${__data.fields.Environment}&var-job=\${__data.fields.Job}&var-mesh_estate=\${__data.fields.Estate}`;
const numbers: [title: string, description: string, query: string, colour: 'orange' | 'red' | undefined][] = [
  ['Environments', 'How many environments the monitor watches.', queries.environments, undefined],
  ['Critical', 'Environments with a critical finding.', queries.critical, 'red'],
  ['Warning', 'Environments whose worst finding is a warning.', queries.warning, 'orange'],
  ['Handshakes failing', 'Environments whose last handshake failed.', queries.handshakesFailing, 'red'],
  ['Renewals open', 'Environments with a renewal that is due or under way.', queries.renewalsOpen, 'orange'],
];

function summary(dashboard: DashboardBuilder): void {
  numbers.forEach(([title, description, query, colour], index) => {
    dashboard.withPanel(
      statPanel({ title, description, at: { x: index * 4, y: 1, w: 4, h: 4 } })
        .withTarget(now(query))
        .unit('short')
        .thresholds(colour ? look.badAboveZero(colour) : look.neutral()),
    );
  });
  dashboard.withPanel(
    statPanel({
      title: 'Next expiry',
      description: 'Days until the first environment stops working.',
      at: { x: 20, y: 1, w: 4, h: 4 },
    })
      .withTarget(now(queries.nextExpiryDays))
      .unit('d')
      .decimals(0)
      .thresholds(look.daysLeftThresholds()),
  );
}

const mapped = (mappings: unknown) => [
  { id: 'mappings', value: mappings },
  { id: 'custom.cellOptions', value: { type: 'color-text' } },
];

const estate = () =>
  tablePanel({
    title: 'All environments',
    description: 'One row per environment; the name links to its dashboard.',
    at: { x: 0, y: 6, w: 14, h: 10 },
  })
    .withTarget(rows(queries.worstSeverity, 'A'))
    .withTarget(rows(queries.valid, 'B'))
    .withTarget(rows(queries.credentialDaysLeft, 'C'))
    .withTarget(rows(queries.handshakeSuccess, 'D'))
    .withTarget(rows(queries.handshakeAge, 'E'))
    .withTarget(rows(queries.renewalState, 'F'))
    .transformations(
      joined(['mesh_environment', 'mesh_estate', 'job'], {
        mesh_environment: 'Environment',
        mesh_estate: 'Estate',
        job: 'Job',
        'Value #A': 'State',
        'Value #B': 'Credential',
        'Value #C': 'Days left',
        'Value #D': 'Last handshake',
        'Value #E': 'Last success',
        'Value #F': 'Renewal',
      }),
    )
    .overrideByName('Environment', [{ id: 'links', value: [new DashboardLinkBuilder('Open').url(detailUrl).build()] }])
    .overrideByName('State', mapped(look.severityNames()))
    .overrideByName('Credential', mapped(look.yesNo('valid', 'refused')))
    .overrideByName('Days left', [
      { id: 'unit', value: 'd' },
      { id: 'decimals', value: 0 },
      { id: 'thresholds', value: look.daysLeftThresholds().build() },
      { id: 'custom.cellOptions', value: { type: 'color-text' } },
    ])
    .overrideByName('Last handshake', mapped(look.yesNo('success', 'failure')))
    .overrideByName('Last success', [{ id: 'unit', value: 's' }])
    .overrideByName('Renewal', mapped(look.renewalNames()));

export function overview(): DashboardBuilder {
  const dashboard = frame({
    uid: overviewUid,
    title: 'NHS MESH certificates: overview',
    description: 'State, days left, worst finding, last handshake and renewal of every environment.',
    source: 'overview.ts',
    several: true,
  });
  dashboard.withRow(new RowBuilder('At a glance').gridPos({ x: 0, y: 0, w: 24, h: 1 }));
  summary(dashboard);
  return dashboard
    .withRow(new RowBuilder('Environments').gridPos({ x: 0, y: 5, w: 24, h: 1 }))
    .withPanel(estate())
    .withPanel(
      barPanel({
        title: 'Days left',
        description: 'Days until the first certificate on each environment’s path expires.',
        at: { x: 14, y: 6, w: 10, h: 10 },
      })
        .withTarget(now(queries.credentialDaysLeft, 'A', '{{mesh_environment}}'))
        .unit('d')
        .decimals(0)
        .thresholds(look.daysLeftThresholds()),
    )
    .withRow(new RowBuilder('Over time').gridPos({ x: 0, y: 16, w: 24, h: 1 }))
    .withPanel(
      timelinePanel({
        title: 'Worst finding',
        description: 'The worst severity among each environment’s findings.',
        at: { x: 0, y: 17, w: 12, h: 8 },
      })
        .withTarget(over(queries.worstSeverity, '{{mesh_environment}}'))
        .mappings(look.severityNames()),
    )
    .withPanel(
      timelinePanel({
        title: 'Renewals',
        description: 'The state of each environment’s renewal.',
        at: { x: 12, y: 17, w: 12, h: 8 },
      })
        .withTarget(over(queries.renewalState, '{{mesh_environment}}'))
        .mappings(look.renewalNames()),
    )
    .withPanel(
      timelinePanel({
        title: 'Handshakes',
        description: 'How the last handshake of each environment ended.',
        at: { x: 0, y: 25, w: 24, h: 8 },
      })
        .withTarget(over(queries.handshakeReason, '{{mesh_environment}}'))
        .mappings(look.reasonNames()),
    )
    .withRow(new RowBuilder('The monitor itself').gridPos({ x: 0, y: 33, w: 24, h: 1 }))
    .withPanel(
      linePanel({
        title: 'Delay and work',
        description:
          'How late the event loop is, how long a cycle of checks takes, and how much of a processor is used.',
        at: { x: 0, y: 34, w: 8, h: 8 },
      })
        .withTarget(over(queries.loopDelay, 'event loop, p99', 'A'))
        .withTarget(over(queries.cycleDuration, 'cycle of checks', 'B'))
        .withTarget(over(queries.cpu, 'processor seconds per second', 'C'))
        .withTarget(over(queries.garbage, 'of which garbage collection', 'D'))
        .unit('s'),
    )
    .withPanel(
      linePanel({
        title: 'Memory',
        description: 'Memory of the process, and what JavaScript uses of it.',
        at: { x: 8, y: 34, w: 8, h: 8 },
      })
        .withTarget(over(queries.residentMemory, 'resident', 'A'))
        .withTarget(over(queries.heap, 'JavaScript', 'B'))
        .unit('bytes'),
    )
    .withPanel(
      linePanel({
        title: 'Queues',
        description: 'Environments whose check, handshake or renewal is waiting or under way.',
        at: { x: 16, y: 34, w: 8, h: 8 },
      })
        .withTarget(over(queries.queues, '{{queue}}'))
        .unit('short'),
    );
}
