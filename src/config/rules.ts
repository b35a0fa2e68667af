import { parseDuration } from '../time/index.ts';
import { defaultThresholds } from './environment-schema.ts';
import { parsePasswordHash, passwordHashExpectation } from './password-hash.ts';
import { presetNames } from './presets.ts';
import type { Problem } from './problems.ts';
import type { ConfigurationFile, EnvironmentFile } from './schema.ts';
import { valueOrPlace } from './source-forms.ts';

/**
 * Rules between keys. They read the raw document, so that their problems are reported together with the schema's. A rule whose inputs
 * are themselves wrong reports nothing.
 */
export function ruleProblems(raw: unknown): Problem[] {
  const file = raw as Loose<ConfigurationFile>;
  const environments = Array.isArray(file?.environments) ? (file.environments as readonly LooseEnvironment[]) : [];
  return [
    ...smtpLogin(file?.email?.smtp),
    ...httpLogin(file?.http?.basic_auth),
    ...clientCaWithoutTls(file?.http),
    ...vaultAuth((file?.stores as LooseStores)?.vault?.auth),
    ...vaultMissing(raw),
    ...webhookAddress(file?.notify?.webhook?.url),
    ...uniqueNames(environments),
    ...ownPendingKeys(environments),
    ...environments.flatMap((environment, index) =>
      environmentRules
        .flatMap((rule) => rule(environment))
        .map(({ path, message }) => ({ path: `environments[${index}].${path}`, message })),
    ),
  ];
}

type Loose<T> = T extends readonly unknown[]
  ? unknown
  : T extends object
    ? { readonly [Key in keyof T]?: Loose<NonNullable<T[Key]>> } | null | undefined
    : unknown;
type LooseEnvironment = Loose<EnvironmentFile>;
type Rule = (environment: LooseEnvironment) => Problem[];

const absent = (value: unknown) => value === undefined;
const isMapping = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

const addressOrPreset: Rule = (environment) =>
  isMapping(environment?.mesh) && absent(environment?.mesh?.url) && absent(environment?.preset)
    ? [{ path: 'mesh.url', message: `missing; give the URL, or a preset (${presetNames.join(', ')})` }]
    : [];

const tokenSecrets: Rule = (environment) => {
  const mesh = environment?.mesh;
  if (!isMapping(mesh) || (!absent(mesh?.probe) && mesh?.probe !== 'validate')) return [];
  return (['password', 'shared_key'] as const)
    .filter((key) => absent(mesh?.[key]))
    .map((key) => ({ path: `mesh.${key}`, message: 'missing; the probe "validate" needs it ("ping" does not)' }));
};

const credentialForm: Rule = (environment) => {
  const credential = environment?.credential;
  if (absent(credential)) {
    if (environment?.preset === 'sandbox' || !isMapping(environment)) return [];
    return [{ path: 'credential', message: 'missing; it is optional only with the preset sandbox' }];
  }
  if (!isMapping(credential)) return [];
  const parts = ['certificate', 'private_key'] as const;
  if (!absent(credential?.keystore)) {
    return parts
      .filter((key) => !absent(credential?.[key]))
      .map((key) => ({ path: `credential.${key}`, message: 'cannot be combined with keystore, which contains it' }));
  }
  const missing = ([...parts, 'ca_bundle'] as const)
    .filter((key) => absent(credential?.[key]))
    .map((key) => ({
      path: `credential.${key}`,
      message: 'missing; give certificate, private_key and ca_bundle, or keystore',
    }));
  const alias = absent(credential?.alias)
    ? []
    : [{ path: 'credential.alias', message: 'requires keystore: it names one of its key entries' }];
  return [...missing, ...alias];
};

const nextForm: Rule = (environment) => {
  const [deployed, next] = [environment?.credential, environment?.credential?.next];
  if (!isMapping(next)) return [];
  const at = (key: string, message: string) => [{ path: `credential.next.${key}`, message }];
  if (!absent(next?.keystore))
    return (['certificate', 'private_key'] as const)
      .filter((key) => !absent(next?.[key]))
      .flatMap((key) => at(key, 'cannot be combined with keystore, which contains it'));
  if (absent(next?.certificate)) return at('certificate', 'missing; give certificate or keystore');
  if (!absent(next?.alias)) return at('alias', 'requires keystore: it names one of its key entries');
  // Where the deployed one is a keystore, it has no parts to take over.
  return (['private_key', 'ca_bundle'] as const)
    .filter((key) => absent(next?.[key]) && absent(deployed?.[key]))
    .flatMap((key) => at(key, 'missing; the deployed credential has none to use instead'));
};

const thresholdOrder: Rule = (environment) => {
  const { warning, critical } = { ...defaultThresholds, ...(environment?.thresholds ?? {}) };
  const [warningMs, criticalMs] = [warning, critical].map((each) =>
    typeof each === 'string' ? parseDuration(each) : undefined,
  );
  if (warningMs === undefined || criticalMs === undefined || criticalMs < warningMs) return [];
  return [{ path: 'thresholds.critical', message: `expected less than the warning (${warning}), got "${critical}"` }];
};

const someoneToAsk: Rule = (environment) => {
  const desk = environment?.renewal?.desk;
  if (absent(environment?.credential) || environment?.preset === 'sandbox') return [];
  if (environment?.renewal?.mode === 'manual') return [];
  if (absent(desk) && absent(environment?.preset) && (absent(environment?.renewal) || isMapping(environment?.renewal)))
    return [
      { path: 'renewal.desk', message: `missing; give the desk's address, or a preset (${presetNames.join(', ')})` },
    ];
  return Array.isArray(desk) && desk.length === 0
    ? [{ path: 'renewal.desk', message: 'expected at least one address, got none; it is optional only for a sandbox' }]
    : [];
};

const environmentRules = [addressOrPreset, tokenSecrets, credentialForm, nextForm, thresholdOrder, someoneToAsk];

function smtpLogin(smtp: { readonly username?: unknown; readonly password?: unknown } | null | undefined): Problem[] {
  if (!isMapping(smtp) || absent(smtp?.username) === absent(smtp?.password)) return [];
  const [missing, given] = absent(smtp?.username) ? ['username', 'password'] : ['password', 'username'];
  return [{ path: `email.smtp.${missing}`, message: `missing; ${given} is given` }];
}

function httpLogin(basic: NonNullable<Loose<ConfigurationFile['http']>>['basic_auth']): Problem[] {
  if (!isMapping(basic)) return [];
  const [password, hash] = [basic?.password, basic?.password_hash] as unknown[];
  if (absent(password) && absent(hash))
    return [{ path: 'http.basic_auth.password', message: `missing; expected ${valueOrPlace}` }];
  if (!absent(password) && !absent(hash))
    return [{ path: 'http.basic_auth.password_hash', message: 'cannot be used together with password' }];
  // Not shown, because it may be the password itself.
  return typeof hash === 'string' && parsePasswordHash(hash) === undefined
    ? [{ path: 'http.basic_auth.password_hash', message: `expected ${passwordHashExpectation}` }]
    : [];
}

function clientCaWithoutTls(http: Loose<ConfigurationFile['http']>): Problem[] {
  return isMapping(http) && !absent(http?.client_ca) && absent(http?.tls)
    ? [{ path: 'http.client_ca', message: 'needs http.tls, because client certificates are part of TLS' }]
    : [];
}

type LooseStores = { readonly vault?: { readonly auth?: Readonly<Record<string, unknown>> } } | null | undefined;

function vaultAuth(auth: Readonly<Record<string, unknown>> | undefined): Problem[] {
  if (!isMapping(auth)) return [];
  const given = ['token', 'app_role', 'kubernetes'].filter((key) => !absent(auth?.[key]));
  return given.length === 1
    ? []
    : [{ path: 'stores.vault.auth', message: 'expected exactly one of token, app_role and kubernetes' }];
}

/** Vault has no address of its own. */
function vaultMissing(raw: unknown): Problem[] {
  const file = raw as Loose<ConfigurationFile>;
  return absent((file?.stores as LooseStores)?.vault) && namesVault(raw)
    ? [{ path: 'stores.vault', message: 'missing; a source is in Vault' }]
    : [];
}

function namesVault(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(namesVault);
  const keys = Object.keys(value);
  // `vault` is also the URL of a source in Azure.
  if (keys.length === 2 && keys.includes('vault') && keys.includes('key')) return true;
  return Object.values(value).some(namesVault);
}

/** Not quoted, because the address of a webhook is often the secret itself. */
function webhookAddress(url: unknown): Problem[] {
  if (typeof url !== 'string' || url === '' || /^https?:$/.test(URL.parse(url)?.protocol ?? '')) return [];
  return [{ path: 'notify.webhook.url', message: 'expected an https URL, { file: PATH } or { env: NAME }' }];
}

/** Names become files and URLs, and some file systems do not distinguish x from X. */
function uniqueNames(environments: readonly LooseEnvironment[]): Problem[] {
  const first = new Map<string, number>();
  return environments.flatMap((environment, index) => {
    if (typeof environment?.name !== 'string') return [];
    const name = environment.name.toLowerCase();
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, index);
      return [];
    }
    return [
      {
        path: `environments[${index}].name`,
        message: `already the name of environments[${before}] (case does not count)`,
      },
    ];
  });
}

/** A new key must not overwrite anything else: neither another environment’s new key nor what is deployed. */
function ownPendingKeys(environments: readonly LooseEnvironment[]): Problem[] {
  const places = environments.map((environment) => placeText(environment?.renewal?.pending_key));
  if (places.every((place) => place === undefined)) return [];
  const used = new Set(environments.flatMap((environment) => valuesIn(environment?.credential).map(placeText)));
  return places.flatMap((place, index) => {
    if (place === undefined) return [];
    const path = `environments[${index}].renewal.pending_key`;
    const before = places.indexOf(place);
    if (before < index) return [{ path, message: `already the place of environments[${before}]; each needs its own` }];
    return used.has(place) ? [{ path, message: 'is part of a credential; a new key needs a place of its own' }] : [];
  });
}

/** The same for the same place, in whatever order its keys are. */
const placeText = (place: unknown): string | undefined =>
  isMapping(place) ? JSON.stringify(Object.entries(place as object).toSorted()) : undefined;

function valuesIn(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((each) => [each, ...valuesIn(each)]);
}
