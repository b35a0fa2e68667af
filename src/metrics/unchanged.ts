import type { EnvironmentStatus } from '../status/index.ts';

type Facts = Readonly<Record<string, unknown>>;

/** All that changes when a check finds everything as it was. */
const ofRun: ReadonlySet<string> = new Set<keyof EnvironmentStatus>([
  'lastRunAt',
  'nextRunAt',
  'checkDurationSeconds',
  'assessment',
]);
const ofAssessment: ReadonlySet<string> = new Set<keyof NonNullable<EnvironmentStatus['assessment']>>(['assessedAt']);

/** Whether everything but the times of the check is the very same object or value as before. */
export function isOnlyCheckedAgain(before: EnvironmentStatus, now: EnvironmentStatus): boolean {
  if (before === now) return true;
  if (!isSameBut(ofRun, before as unknown as Facts, now as unknown as Facts)) return false;
  if (before.assessment === now.assessment) return true;
  if (!before.assessment || !now.assessment) return false;
  return isSameBut(ofAssessment, before.assessment as unknown as Facts, now.assessment as unknown as Facts);
}

function isSameBut(names: ReadonlySet<string>, before: Facts, now: Facts): boolean {
  for (const name in now) if (before[name] !== now[name] && !names.has(name)) return false;
  for (const name in before) if (!(name in now) && !names.has(name)) return false;
  return true;
}
