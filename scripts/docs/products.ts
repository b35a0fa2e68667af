// The files that are generated as a whole. Each one says what it is generated from.
import { prometheusRuleManifest, prometheusRules } from '../../alerts/src/render.ts';
import { ruleTests } from '../../alerts/src/tests/render.ts';
import { environment } from '../../grafana/src/environment.ts';
import { overview } from '../../grafana/src/overview.ts';
import { jsonSchema } from '../../src/config/index.ts';
import { openApiDocument } from '../../src/web/api/openapi.ts';
import { bankHolidayTable } from './bank-holidays.ts';

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** A chart can only read files inside its own folder. */
const twice = (folder: string, name: string, content: string) => ({
  [`${folder}/${name}`]: content,
  [`deploy/helm/mesh-cert-monitor/files/${name}`]: content,
});

/** Path → content. */
export const products = (): Readonly<Record<string, string>> => ({
  'alerts/mesh-cert-monitor.kubernetes.yaml': prometheusRuleManifest(),
  'alerts/src/tests/rules.test.yaml': ruleTests(),
  ...twice('alerts', 'mesh-cert-monitor.rules.yaml', prometheusRules()),
  ...twice('grafana/dashboards', 'overview.json', json(overview().build())),
  ...twice('grafana/dashboards', 'environment.json', json(environment().build())),
  'src/time/bank-holidays.ts': bankHolidayTable(),
  'schema/mesh-cert-monitor.schema.json': json(jsonSchema()),
  // The same as `/api/v1/openapi.json`, for reading before installation.
  'schema/openapi.json': json({
    'x-generated-from': 'src/web/api/openapi.ts and schema.ts, by `npm run docs`',
    ...openApiDocument(),
  }),
});
