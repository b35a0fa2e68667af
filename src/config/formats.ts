import { isIP } from 'node:net';
import { CronTime } from 'cron';
import { isTreacherous } from '../text/index.ts';
import { parseDuration } from '../time/index.ts';

/** Formats of single values. A pattern is also used in the JSON Schema; a predicate checks what a pattern cannot express. */

// Line breaks and other control characters would let a value add headers to the email (RFC 5322 §2.2).
const control = '\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029';
export const oneLine = new RegExp(`^(?=.*\\S)[^${control}]{1,200}$`);

export const path = new RegExp(`^[^${control}]{1,4096}$`);

/** Used in URLs, file names and metric labels. */
export const environmentName = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
export const mailboxId = /^[A-Za-z0-9][A-Za-z0-9_-]{2,19}$/;
export const odsCode = /^[A-Za-z0-9]{3,12}$/;
export const variableName = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** AWS, PutParameter: up to 2,048 characters with the ARN, letters, digits, dots, _ and -, in a hierarchy with /. */
export const awsParameter = /^[A-Za-z0-9_./:-]{1,2048}$/;
/** AWS, CreateSecret. */
export const awsSecret = /^[A-Za-z0-9/_+=.@:!-]{1,2048}$/;
export const awsRegion = /^[a-z]{2}(-[a-z]+)+-[0-9]{1,2}$/;
export const azureTenant = /^[A-Za-z0-9.-]{1,253}$/;
/** Azure, names of secrets and certificates. */
export const azureName = /^[A-Za-z0-9-]{1,127}$/;
/** Not `.` or `..`: they would lead out of the engine. */
const segment = `(?!\\.{1,2}(/|$))[^/${control}]{1,253}`;
/** Mount and path, without `data`. */
export const vaultPath = new RegExp(`^${segment}(/${segment})+$`);
export const mount = new RegExp(`^${segment}(/${segment})*$`);
/** RFC 1123 §2.1, as Kubernetes allows it. */
export const kubernetesName = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
/** A key of a JSON object, or of a secret with several values. */
export const storeKey = new RegExp(`^[^${control}]{1,253}$`);
export const endpoint = /^https?:\/\/[^\s/?#@]+\/?$/;

const label = '[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const address = `[A-Za-z0-9.!#$%&'*+/=?^_{|}~\`-]{1,64}@${label}(\\.${label})*`;
export const emailAddress = new RegExp(`^${address}$`);
/** `address` or `Name <address>`. */
export const sender = new RegExp(`^(${address}|[^${control}<>"]{1,100} <${address}>)$`);
/** Digits, and characters for an extension behind a switchboard. */
export const telephone = new RegExp(`^(?=(.*[0-9]){3})[^${control}]{3,60}$`);
/** At most 64 characters: ub-common-name (RFC 5280 appendix A.1). */
export const commonName = /^(?=.{1,64}$)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;

export const httpsUrl = /^https:\/\/[^\s/?#@]+\/?$/;
export const proxyUrl = /^http:\/\/[^\s/?#]+\/?$/;
export const host = /^[A-Za-z0-9._:-]{1,253}$/;
/** An address, or a network in CIDR notation. */
export const network = /^[0-9A-Fa-f:.]{2,45}(\/[0-9]{1,3})?$/;
export const listenAddress = /^(\[[0-9A-Fa-f:.]+(%[A-Za-z0-9]+)?\]|[A-Za-z0-9._-]+):[0-9]{1,5}$/;
export const userName = new RegExp(`^[^${control}:]{1,200}$`);

export const duration = /^[0-9]{1,9}(ms|s|m|h|d)$/;
export const cronFields = /^\S+(\s+\S+){4,5}$/;

/** Misleading characters that the pattern allows: the desk would see a different text from the intended one. */
export const isPlain = (value: string): boolean => !isTreacherous(value);

export const isUrl = (value: string): boolean => URL.canParse(value);

export function isPort(listen: string): boolean {
  return Number(listen.slice(listen.lastIndexOf(':') + 1)) <= 65_535;
}

export function isNetwork(value: string): boolean {
  const [address = '', prefix] = value.split('/');
  const version = isIP(address);
  return version !== 0 && Number(prefix ?? 0) <= (version === 4 ? 32 : 128);
}

export function isWithin(leastMs: number, mostMs: number) {
  return (value: string): boolean => {
    const ms = parseDuration(value);
    return ms !== undefined && ms >= leastMs && ms <= mostMs;
  };
}

export function isTimezone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}

/** The `cron` package parses it, and it fires at some time: 31 February is also well formed. */
export function isCron(value: string): boolean {
  try {
    new CronTime(value, 'UTC').getNextDateFrom(new Date(0));
    return true;
  } catch {
    return false;
  }
}

/** The shortest time between two firings, in seconds, including across the end of the hour and of the day. */
export function shortestCronIntervalSeconds(expression: string): number {
  const [seconds = [], minutes = [], hours = []] = new CronTime(expression).toJSON().map(fieldValues);
  const inAnHour = minutes.flatMap((minute) => seconds.map((second) => minute * 60 + second));
  const hour = 60 * 60;
  const first = inAnHour[0] ?? 0;
  const last = inAnHour.at(-1) ?? 0;
  const hourGap = Math.min(...hours.map((each, index) => (hours[index + 1] ?? (hours[0] ?? 0) + 24) - each));
  const gaps = inAnHour.slice(1).map((each, index) => each - (inAnHour[index] ?? 0));
  return Math.min(...gaps, first + hourGap * hour - last);
}

const fieldSizes = [60, 60, 24];

function fieldValues(field: string, index: number): number[] {
  if (field === '*') return Array.from({ length: fieldSizes[index] ?? 0 }, (_, value) => value);
  return field.split(',').map(Number);
}

/** Groups of TLS 1.3 by OpenSSL's names: RFC 8446 §4.2.7, and the post-quantum hybrid that makes the first message large. */
export const tlsGroupNames = [
  'X25519MLKEM768',
  'X25519',
  'X448',
  'P-256',
  'P-384',
  'P-521',
  'ffdhe2048',
  'ffdhe3072',
] as const;
