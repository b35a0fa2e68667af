import { environment } from '../../grafana/environment.ts';
import { overview } from '../../grafana/overview.ts';

const json = (dashboard: { build(): unknown }) => `${JSON.stringify(dashboard.build(), null, 2)}\n`;

export const pages = () => ({
  'grafana/dashboards/overview.json': json(overview()),
  'grafana/dashboards/environment.json': json(environment()),
});
