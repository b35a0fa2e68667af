import type { SafeText } from '../../text/index.ts';
import { rfc3339 } from '../../time/index.ts';
import { worstStanding } from '../nagios.ts';
import type { ReportedEnvironment } from './reported.ts';

/**
 * What `check --service --format json` prints: the shape of `check`, with what the API adds to each environment, and `unknown` (why) where what
 * the service knows does not count. `status` agrees with the exit code, so it may be `unknown` too. To be written with `jsonText`, because the values are as they came.
 */
export function reportedReport(environments: readonly ReportedEnvironment[], service: SafeText, now: Date) {
  return {
    status: worstStanding(environments),
    generatedAt: rfc3339(now),
    service,
    environments: environments.map(({ json, unknown }) => ({
      ...(json as object),
      ...(unknown === undefined ? {} : { unknown }),
    })),
  };
}
