import type { SafeText } from '../../text/index.ts';
import { timestamp, worstStatus } from '../json.ts';
import type { ReportedEnvironment } from './reported.ts';

/**
 * What `check --service --format json` prints: the shape of `check`, with what the API adds to each environment, and `unknown` (why) where what
 * the service knows does not count. To be written with `jsonText`, because the values are as they came.
 */
export function reportedReport(environments: readonly ReportedEnvironment[], service: SafeText, now: Date) {
  return {
    status: worstStatus(environments.map(({ status }) => status)),
    generatedAt: timestamp(now),
    service,
    environments: environments.map(({ json, unknown }) => ({
      ...(json as object),
      ...(unknown === undefined ? {} : { unknown }),
    })),
  };
}
