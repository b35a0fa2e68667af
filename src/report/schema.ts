/**
 * The single definition of the public JSON: `--format json` is checked against it, and the API's OpenAPI document is generated from it.
 * An absent field is omitted, never null (except `diagnosis.cause`). Fields may be added; consumers should ignore those they do not know.
 */
import { z } from 'zod';
import { checkNames, findingCodes, severities } from '../findings/index.ts';
import { handshakeOutcomes, handshakeReasons } from '../mesh/index.ts';
import { refusedThings, renewalStates } from '../renewal/index.ts';
import type { SafeText } from '../text/index.ts';

/** Text that is not from a closed list: only escaped text is accepted. */
const text = z.string() as z.ZodType as z.ZodType<SafeText, SafeText>;

const timestamp = z.iso.datetime().meta({ description: 'RFC 3339, UTC.' });
const fingerprint = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ description: 'SHA-256 of the DER, 64 lower-case hex digits.' });
const wholeDays = z.int().meta({
  description:
    'Whole days left: 0 on the last day. Once over, whole days since then, negative, and -1 from the first moment.',
});
const seconds = z.number().meta({ description: 'Seconds.' });

export const statusSchema = z.enum(['ok', 'warning', 'critical']).meta({ id: 'Status' });

const certificateFacts = {
  subject: text.meta({ description: 'Distinguished name (RFC 4514).' }),
  issuer: text,
  serial: z
    .string()
    .regex(/^-?([0-9A-F]{2})+…?$/)
    .meta({
      description:
        'Hex. A negative one, which RFC 5280 forbids but which exists, starts with a minus. One of more than 20 octets, which RFC 5280 forbids too, is cut and ends with `…`.',
    }),
  fingerprintSha256: fingerprint,
  notBefore: timestamp,
  notAfter: timestamp,
  daysLeft: wholeDays,
  keyAlgorithm: text.meta({ examples: ['RSA', 'EC'] }),
  keyBits: z.int().nonnegative().meta({ description: '0 when unknown.' }),
  keyCurve: text.optional(),
  signatureAlgorithm: text.meta({ examples: ['sha256WithRSAEncryption'] }),
  privateKeyUsagePeriod: z
    .object({ notBefore: timestamp.optional(), notAfter: timestamp.optional() })
    .optional()
    .meta({ description: 'For information: MESH and OpenSSL ignore it.' }),
};

export const certificateSchema = z
  .object({
    role: z.enum(['client', 'intermediate', 'root']),
    onPath: z.boolean().meta({ description: 'On the verified path, or on the best failing one.' }),
    ...certificateFacts,
  })
  .meta({ id: 'Certificate' });

/** What `inspect` shows of each certificate in addition. Each is left out if the certificate does not have it. */
const extensions = {
  keyUsage: z.array(text).optional(),
  extendedKeyUsage: z
    .array(text)
    .optional()
    .meta({ description: 'By name where RFC 5280 has one, otherwise the OID.' }),
  basicConstraints: z.object({ ca: z.boolean(), pathLength: z.int().nonnegative().optional() }).optional(),
  subjectAlternativeNames: z.array(z.object({ kind: text, value: text })).optional(),
  certificatePolicies: z.array(text).optional().meta({ description: 'OIDs.' }),
  crlAddresses: z.array(text).optional(),
  ocspAddresses: z.array(text).optional(),
  issuerAddresses: z.array(text).optional().meta({ description: 'Where the certificate of the issuer is.' }),
  subjectKeyIdentifier: text.optional().meta({ description: 'Lower-case hex.' }),
  authorityKeyIdentifier: text.optional(),
};

export const inspectedCertificateSchema = certificateSchema.extend(extensions).meta({ id: 'InspectedCertificate' });

export const serverCertificateSchema = z.object(certificateFacts).meta({ id: 'ServerCertificate' });

export const findingSchema = z
  .object({
    code: z.enum(findingCodes),
    severity: z.enum(severities),
    message: text,
    remedy: text,
    subject: text.optional().meta({ description: 'The certificate, file or address it is about.' }),
    consequenceOf: z.enum(findingCodes).optional().meta({
      description: 'The finding that this one follows from. Its severity is then info: it goes away with its cause.',
    }),
  })
  .meta({ id: 'Finding' });

export const handshakeSchema = z
  .object({
    probe: z.enum(['validate', 'ping']),
    startedAt: timestamp,
    outcome: z.enum(handshakeOutcomes),
    reason: z.enum(handshakeReasons).optional().meta({ description: 'Present exactly when the outcome is a failure.' }),
    detail: text.optional().meta({ description: 'What was seen, in one sentence.' }),
    remedy: z.string().optional().meta({ description: 'What to do first, if it differs from docs/handshake.md.' }),
    httpStatus: z.int().nonnegative().meta({ description: '0 when there was no response.' }),
    phases: z
      .object({
        dns: seconds.optional(),
        connect: seconds.optional(),
        tls: seconds.optional(),
        request: seconds.optional(),
      })
      .meta({ description: 'A phase that was not reached is absent.' }),
    tls: z.object({ protocol: text, cipher: text }).optional(),
    serverCertificates: z.array(serverCertificateSchema).meta({ description: 'As presented, the server’s own first.' }),
    serverVerified: z.boolean(),
    clientCertificateRequested: z.boolean().optional().meta({
      description: 'Whether the server asked for a client certificate. Absent if the TLS handshake did not complete.',
    }),
    clockSkewSeconds: z.number().optional().meta({ description: 'Our clock minus the server’s Date.' }),
    retryAfterSeconds: z.int().nonnegative().optional().meta({
      description: 'The Retry-After of a 425 or 429. The next handshake waits that long.',
    }),
  })
  .meta({ id: 'Handshake' });

export const diagnosisSchema = z
  .object({
    cause: z
      .enum(findingCodes)
      .nullable()
      .meta({ description: 'The finding to act on first; null if nothing needs attention.' }),
    headline: text.meta({ description: 'What is wrong, in one phrase, next to what MESH said.' }),
    firstAction: text.meta({ description: 'What to do first.' }),
    command: text.optional().meta({ description: 'Runs as printed in a POSIX shell.' }),
  })
  .meta({ id: 'Diagnosis' });

export const checkSchema = z
  .object({
    check: z.enum(checkNames),
    passed: z.boolean(),
    judged: z.boolean().meta({
      description:
        'False if the check could not be made because its input could not be read. Then it has not passed, and nothing is known to be wrong.',
    }),
  })
  .meta({ id: 'Check' });

const judgement = {
  certificates: z.array(certificateSchema).meta({ description: 'The client’s first, then the bundle in file order.' }),
  path: z.array(fingerprint).meta({ description: 'From the client certificate to the root.' }),
  order: z.enum(['root-first', 'leaf-first', 'mixed', 'single']),
  checks: z
    .array(checkSchema)
    .meta({ description: 'In the order of docs/findings.md. A check whose input was not given is left out.' }),
  judged: z
    .partialRecord(z.enum(checkNames), z.boolean())
    .meta({ description: '`judged` of each of the checks, by name.' }),
  expiresAt: timestamp.optional().meta({ description: 'The earliest notAfter on the path.' }),
  daysLeft: wholeDays.optional(),
  diagnosis: diagnosisSchema,
  findings: z.array(findingSchema).meta({ description: 'The cause first, then the others, worst first.' }),
};

export const inspectionSchema = z
  .object({
    valid: z.boolean().meta({
      description: 'Whether MESH would accept this at that time. What was not given is not judged: see checks.',
    }),
    assessedAt: timestamp,
    ...judgement,
    certificates: z
      .array(inspectedCertificateSchema)
      .meta({ description: 'The client’s first, then the bundle in file order.' }),
  })
  .meta({ id: 'Inspection' });

export const renewalRecordSchema = z
  .object({
    environment: text,
    mailboxId: text.optional(),
    mesh: text.optional().meta({ description: 'Which of MESH’s environments: the preset, or the address.' }),
    state: z.enum(renewalStates),
    commonName: text,
    serial: text.optional().meta({ description: 'Of the certificate that is being replaced; absent for the first.' }),
    fingerprintSha256: fingerprint.optional().meta({ description: 'Of the certificate that is being replaced.' }),
    notAfter: timestamp.optional(),
    requestedAt: timestamp.optional(),
    askedAt: timestamp.optional().meta({ description: 'When a person asked for it last.' }),
    askedReason: text.optional().meta({ description: 'Why a person asked ahead of time.' }),
    delivery: z
      .enum(['sent', 'drafted'])
      .optional()
      .meta({ description: 'drafted: a person has to forward the request to the desk.' }),
    messageId: text.optional(),
    keyFile: text.optional().meta({ description: 'Below the state directory.' }),
    keyPlace: text.optional().meta({ description: 'Where the key is, if it is in a secret store.' }),
    csrFile: text.optional(),
    messageFile: text.optional(),
    spkiSha256: fingerprint.optional().meta({ description: 'Of the public key in the CSR.' }),
    issuedFingerprintSha256: fingerprint.optional(),
    successorFingerprintSha256: fingerprint.optional().meta({ description: 'Seen deployed in place of this one.' }),
    successorSeenAt: timestamp.optional(),
    acceptedAt: timestamp.optional().meta({ description: 'When MESH was seen to accept it.' }),
    remindedAt: timestamp.optional(),
    closedAt: timestamp.optional(),
    attempts: z.int().nonnegative(),
    bodyBegunAt: timestamp
      .optional()
      .meta({ description: 'When the mail server may first have received part of the message, in the last attempt.' }),
    nextAttemptAt: timestamp.optional(),
    lastError: text.optional(),
    refusedThing: z.enum(refusedThings).optional().meta({ description: 'What the mail server refused permanently.' }),
    transitions: z
      .array(z.object({ state: z.enum(renewalStates), at: timestamp, reason: text }))
      .meta({ description: 'Oldest first.' }),
  })
  .meta({ id: 'RenewalRecord' });

export const renewalSchema = z
  .object({
    state: z.enum(renewalStates),
    reason: text,
    first: z
      .enum(['awaited', 'not_requested'])
      .optional()
      .meta({ description: 'The environment has no certificate and, as far as is known, never had one.' }),
    dueAt: timestamp.optional().meta({
      description:
        'When the renewal window opens. Absent if nothing is requested until a person asks (`renewal.mode: manual`).',
    }),
    lastSafeDay: z.iso.date().optional().meta({
      description: 'The last working day, in London, on which a request leaves the desk its working days.',
    }),
    lastSafeDayStartsAt: timestamp.optional().meta({ description: 'When that day begins.' }),
    requestedAt: timestamp.optional(),
    record: renewalRecordSchema.optional(),
  })
  .meta({ id: 'Renewal' });

const environmentFields = z.object({
  name: text,
  preset: z.enum(['integration', 'deployment', 'production', 'sandbox']).optional(),
  application: text,
  odsCode: text,
  mailboxId: text,
  url: text,
  status: statusSchema,
  credentialConfigured: z.boolean(),
  valid: z.boolean().optional().meta({
    description: 'Whether MESH would accept this certificate at that time. Absent if no credential is configured.',
  }),
  assessedAt: timestamp.optional(),
  ...judgement,
  handshake: handshakeSchema.optional().meta({ description: 'The last handshake; absent until there has been one.' }),
});

/** What one run of `check` sees. */
export const checkedEnvironmentSchema = environmentFields.meta({ id: 'CheckedEnvironment' });

/** What the service adds. */
export const environmentSchema = environmentFields
  .extend({
    lastHandshakeSuccessAt: timestamp.optional(),
    lastCheckAt: timestamp.optional().meta({ description: 'Absent until the first check.' }),
    nextCheckAt: timestamp
      .optional()
      .meta({ description: 'When the next check is due. Once that is past, what is here is out of date.' }),
    thresholds: z.object({
      warningDays: z.number().meta({ description: 'Days left below which expiry is a warning.' }),
      criticalDays: z.number(),
    }),
    renewal: renewalSchema,
  })
  .meta({ id: 'Environment' });

export const checkReportSchema = z
  .object({
    status: statusSchema.meta({ description: 'The worst of `environments`.' }),
    generatedAt: timestamp,
    environments: z.array(checkedEnvironmentSchema),
    notJudged: z
      .array(z.object({ name: text, why: text }))
      .optional()
      .meta({
        description:
          'Environments that this process was too short of resources to check. The exit code is then 3, or 2.',
      }),
  })
  .meta({ id: 'CheckReport' });

export const inspectionReportSchema = z
  .object({ status: statusSchema, generatedAt: timestamp, inspection: inspectionSchema })
  .meta({ id: 'InspectionReport' });

export const inspectionsReportSchema = z
  .object({
    status: statusSchema.meta({ description: 'The worst of `inspections`.' }),
    generatedAt: timestamp,
    inspections: z.array(inspectionSchema.extend({ file: text, status: statusSchema })),
    others: z.int().nonnegative().meta({ description: 'Files in folders with neither a certificate nor a key.' }),
  })
  .meta({ id: 'InspectionsReport' });

export const serverReportSchema = z
  .object({
    status: statusSchema,
    generatedAt: timestamp,
    server: z.object({
      address: text,
      verified: z.boolean(),
      tls: z.object({ protocol: text, cipher: text }).optional(),
      reason: z.enum(handshakeReasons).optional().meta({ description: 'Why it is not trusted, or not reached.' }),
      detail: text.optional(),
      remedy: text.optional(),
      clientCertificateRequested: z.boolean().optional(),
      certificates: z.array(serverCertificateSchema.extend(extensions)),
    }),
  })
  .meta({ id: 'ServerReport' });
