/**
 * What the API of a running service says about its environments, read by another process and perhaps another version: only what is shown is
 * required, codes that this version does not know are taken as they are, and all text is escaped again.
 */
import { z } from 'zod';
import { severities } from '../../findings/index.ts';
import { escaped, type SafeText, say } from '../../text/index.ts';
import { dayMs, minuteMs, utcTime } from '../../time/index.ts';

const text = z.string().transform((words) => escaped(words));
const time = z.iso.datetime().transform((words) => new Date(words));
const status = z.enum(['ok', 'warning', 'critical']);
const seconds = z.number().nonnegative().optional();

const certificate = z.object({
  role: text,
  onPath: z.boolean(),
  subject: text,
  notAfter: time,
  daysLeft: z.int(),
  keyAlgorithm: text,
  keyBits: z.number(),
});

const finding = z.object({
  code: text,
  severity: z.enum(severities),
  message: text,
  remedy: text,
  consequenceOf: text.optional(),
});

const handshake = z.object({
  probe: text,
  startedAt: time,
  outcome: text,
  reason: text.optional(),
  detail: text.optional(),
  phases: z.object({ dns: seconds, connect: seconds, tls: seconds, request: seconds }),
});

const environment = z.object({
  name: text,
  application: text,
  mailboxId: text,
  url: text,
  status,
  credentialConfigured: z.boolean(),
  valid: z.boolean().optional(),
  certificates: z.array(certificate),
  expiresAt: time.optional(),
  diagnosis: z.object({
    cause: text.nullable(),
    headline: text,
    firstAction: text,
    command: text.optional(),
  }),
  findings: z.array(finding),
  handshake: handshake.optional(),
  lastCheckAt: time.optional(),
  nextCheckAt: time.optional(),
  thresholds: z.object({ warningDays: z.number().positive(), criticalDays: z.number().positive() }),
  renewal: z.object({ state: text, first: text.optional() }),
});

export type ReportedCertificate = z.infer<typeof certificate>;
export type ReportedFinding = z.infer<typeof finding>;
type Parsed = z.infer<typeof environment>;

export interface ReportedEnvironment extends Omit<Parsed, 'handshake' | 'thresholds' | 'diagnosis'> {
  readonly handshake: { readonly last?: NonNullable<Parsed['handshake']> };
  readonly thresholds: { readonly warningMs: number; readonly criticalMs: number };
  readonly diagnosis: Omit<Parsed['diagnosis'], 'cause'> & { readonly cause?: SafeText };
  /** Why what the service knows about it does not count. */
  readonly unknown?: SafeText;
  /** As it came. */
  readonly json: unknown;
}

/** A check that is late by less may still be running, or our clock and the service's differ. */
const mayBeLateMs = 15 * minuteMs;

/** @returns undefined if it is not an environment of our API. */
export function reportedEnvironment(json: unknown, now: Date): ReportedEnvironment | undefined {
  const { data } = environment.safeParse(json);
  if (!data) return undefined;
  const { handshake: last, thresholds, diagnosis, ...rest } = data;
  const { cause, ...words } = diagnosis;
  const unknown = whyUnknown(rest, now);
  return {
    ...rest,
    handshake: last ? { last } : {},
    thresholds: { warningMs: thresholds.warningDays * dayMs, criticalMs: thresholds.criticalDays * dayMs },
    diagnosis: { ...words, ...(cause === null ? {} : { cause }) },
    ...(unknown === undefined ? {} : { unknown }),
    json,
  };
}

function whyUnknown({ lastCheckAt, nextCheckAt }: Pick<Parsed, 'lastCheckAt' | 'nextCheckAt'>, now: Date) {
  if (!lastCheckAt) return say`has not been checked yet by the service`;
  if (!nextCheckAt || now.getTime() - nextCheckAt.getTime() <= mayBeLateMs) return undefined;
  return say`was last checked at ${utcTime(lastCheckAt)}, and the check due at ${utcTime(nextCheckAt)} has not been made`;
}
