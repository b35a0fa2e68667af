/** What both dashboards share: variables, links, annotations. */
import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { config } from '../../alerts/src/config.ts';
import { datasource } from './panels.ts';
import { queries } from './queries.ts';

export const overviewUid = 'mesh-cert-monitor-overview';
export const environmentUid = 'mesh-cert-monitor-environment';

const link = (title: string, url: string) =>
  new DashboardLinkBuilder(title)
    .type(DashboardLinkType.Link)
    .url(url)
    .icon('external link')
    .keepTime(url.startsWith('/d/'));

function variable(name: string, label: string, query: string, several: boolean): QueryVariableBuilder {
  const built = new QueryVariableBuilder(name)
    .label(label)
    .datasource(datasource)
    .query({ query, refId: name })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(several)
    .includeAll(several);
  // `.*` also matches a label that is not there.
  return several ? built.allValue('.*').current({ selected: true, text: 'All', value: '$__all' }) : built;
}

export function frame(options: {
  uid: string;
  title: string;
  description: string;
  /** The file in grafana/src that the dashboard is generated from, because it is read-only in Grafana. */
  source: string;
  several: boolean;
}): DashboardBuilder {
  const environments = variable('mesh_environment', 'Environment', queries.environmentNames, options.several);
  return new DashboardBuilder(options.title)
    .uid(options.uid)
    .description(`${options.description} Generated from grafana/src/${options.source} of mesh-cert-monitor.`)
    .tags(['mesh-cert-monitor', 'nhs-mesh'])
    .readonly()
    .timezone('browser')
    .time({ from: 'now-7d', to: 'now' })
    .refresh('1m')
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'))
    .withVariable(variable('job', 'Job', queries.jobs, true))
    .withVariable(variable('mesh_estate', 'Estate', queries.estates, true))
    .withVariable(environments)
    .withVariable(
      new TextBoxVariableBuilder('service')
        .label('Monitor’s page')
        .description('Address of the mesh-cert-monitor service, for the links to its page.')
        .defaultValue('http://127.0.0.1:9807'),
    )
    .annotation(
      new AnnotationQueryBuilder()
        .name('Alerts')
        .datasource(datasource)
        .enable(true)
        .iconColor('red')
        .expr(queries.firing)
        .titleFormat('{{alertname}}')
        .textFormat('{{mesh_environment}}'),
    )
    .link(link('Overview', `/d/${overviewUid}`))
    .link(link('Environment', `/d/${environmentUid}`))
    .link(link('Alerts', '/alerting/list?search=Mesh'))
    .link(link('Runbook', `${config.documentationUrl}/alerts.md`))
    .link(link('Monitor’s page', '$service'));
}
