/** The kinds of panel that the dashboards use, each with its common settings. */
import * as bargauge from '@grafana/grafana-foundation-sdk/bargauge';
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  BarGaugeDisplayMode,
  GraphDrawStyle,
  StackingConfigBuilder,
  StackingMode,
  VisibilityMode,
  VizOrientation,
} from '@grafana/grafana-foundation-sdk/common';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as statetimeline from '@grafana/grafana-foundation-sdk/statetimeline';
import * as table from '@grafana/grafana-foundation-sdk/table';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';

// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's variable syntax, not ours.
export const datasource = { type: 'prometheus', uid: '${datasource}' };

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface What {
  readonly title: string;
  readonly description: string;
  readonly at: Place;
}

const query = () => new DataqueryBuilder().datasource(datasource);
export const now = (expr: string, refId = 'A', legend = '__auto'): Builder<Dataquery> =>
  query().expr(expr).refId(refId).legendFormat(legend).instant();
export const rows = (expr: string, refId = 'A'): Builder<Dataquery> =>
  query().expr(expr).refId(refId).format(PromQueryFormat.Table).instant();
export const over = (expr: string, legend: string, refId = 'A'): Builder<Dataquery> =>
  query().expr(expr).refId(refId).legendFormat(legend).range();

export const statPanel = ({ title, description, at }: What) =>
  new stat.PanelBuilder().title(title).description(description).datasource(datasource).gridPos(at);

export const barPanel = ({ title, description, at }: What) =>
  new bargauge.PanelBuilder()
    .title(title)
    .description(description)
    .datasource(datasource)
    .gridPos(at)
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .min(0);

export const tablePanel = ({ title, description, at }: What) =>
  new table.PanelBuilder().title(title).description(description).datasource(datasource).gridPos(at).filterable(true);

export const timelinePanel = ({ title, description, at }: What) =>
  new statetimeline.PanelBuilder()
    .title(title)
    .description(description)
    .datasource(datasource)
    .gridPos(at)
    .mergeValues(true)
    .showValue(VisibilityMode.Auto);

export const linePanel = ({ title, description, at }: What) =>
  new timeseries.PanelBuilder()
    .title(title)
    .description(description)
    .datasource(datasource)
    .gridPos(at)
    .fillOpacity(10);

export const stackedBars = (what: What) =>
  linePanel(what)
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(80)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal));

/** One row per value of `by`, with a column for each query. */
export const joined = (by: readonly string[], columns: Readonly<Record<string, string>>) => [
  { id: 'merge', options: {} },
  {
    id: 'organize',
    options: {
      excludeByName: { Time: true },
      renameByName: columns,
      indexByName: Object.fromEntries([...by, ...Object.keys(columns)].map((name, index) => [name, index])),
    },
  },
];
