/** Every command that a diagnosis prints is typed in a shell, to the letter; then what it was to put right is gone, or the next command is printed. */
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { EnvironmentStatus } from '../../src/status/types.ts';
import { faults } from '../scenarios/faults/all.ts';
import { type } from '../support/cli.ts';
import { answering, type Bench, passphrase } from '../support/faults/bench.ts';
import { issuedFor, recordReally } from '../support/faults/record.ts';
import { needs } from '../support/tools.ts';

const ours = /^mesh-cert-monitor /;
/** With the answers to what it asks. */
const answered = (bench: Bench, command: string) => bench.type(command, `${passphrase}\n`.repeat(3));

const inText = /`((?:mesh-cert-monitor|openssl|chmod|keytool|mv|cat|date|timedatectl) [^`]*)`/g;
const commandsIn = ({ diagnosis }: EnvironmentStatus) =>
  [...diagnosis.firstAction.matchAll(inText)].map(([, command = '']) => command);
/** What no command may name in place of a file or an environment that is there. */
const placeholder = /\b(FILE|BUNDLE\.pem|KEY)\b(?!\.enc)|--config FILE|--environment NAME/;

/** What `check` sees, with the record of renewals as it is on disk. */
async function checked(bench: Bench): Promise<{ cause: string | null; command?: string }> {
  const words = ['check', '--config', bench.configurationFile, '--offline', '--format', 'json'];
  const { stdout } = await type(words, { env: bench.env });
  return JSON.parse(stdout).environments[0].diagnosis;
}

/** The desk signs the request, and the contact does what the emails say. */
async function deskAnswers(bench: Bench): Promise<void> {
  bench.write('ISSUED.eml', await issuedFor(bench));
  if (!existsSync(bench.path('ca_bundle.pem'))) bench.write('ca_bundle.pem', bench.pki.root.pem + bench.pki.sub.pem);
  bench.type(
    `mesh-cert-monitor accept --config ${bench.configurationFile} --environment integration --install ${bench.path('ISSUED.eml')}`,
  );
  installed(bench);
}

/** MESH accepts what the desk has issued. */
function installed(bench: Bench): void {
  bench.refusal = undefined;
  bench.clientCa += bench.pki.root.pem + bench.pki.sub.pem;
  bench.renewal = { state: 'not_due' };
}

/** What happens next in the world, by what was typed. The first that fits. */
const consequences: readonly [RegExp, (bench: Bench) => void | Promise<void>][] = [
  [/ renewals resolve .*--not-sent$/, async (bench) => followUp(bench, / renew /)],
  [/ (renew|request|renewals|renewals resolve) /, deskAnswers],
  [/ accept .* --install /, installed],
  [
    /^timedatectl set-ntp true$/,
    (bench) => {
      expect(existsSync(bench.path('clock-is-set'))).toBe(true);
      bench.clockMs = 0;
      bench.answer = answering(200);
      bench.renewal = { state: 'not_due' };
    },
  ],
];

async function followUp(bench: Bench, expected: RegExp): Promise<void> {
  const { command = '' } = await checked(bench);
  expect(command).toMatch(expected);
  bench.type(command);
  await deskAnswers(bench);
}

/** A command that only shows something: it works as typed, and what it shows decides what comes next. */
const looks = /^(date -u|ls -ld )/;

/** Codes that stay although the command was right: another part of the world has to change as well. */
const stays: Readonly<Record<string, string>> = {
  'The clock is slow by years: nothing is valid yet, MESH’s certificate neither': 'the certificates are the samples’',
  'The issuing CA is not valid yet': 'the certificates are the samples’',
  'A CA ends soon, and before the client certificate': 'the new certificate comes from the next generation of CAs',
  'The issuing CA ends in five days': 'the new certificate comes from the next generation of CAs',
  'unknown_ca from MESH while our files fit each other': 'the new certificate comes from the CA that MESH wants',
};

/** What stands once the fault has gone, where that is not the second fault. */
const leaves: Readonly<Record<string, string | undefined>> = {
  'A clock that is a day fast makes a certificate look expired': 'renewal_due',
  'Two faults: expired, and the key is of another certificate': undefined,
  'Two faults: expired, and the bundle is of another environment': undefined,
  'Two faults: expired, and the passphrase is missing, without which nothing can be requested': undefined,
};

/** What the first action says before the command, or what else has to be put right before the desk’s answer can be installed. */
const before: Readonly<Record<string, (bench: Bench) => void>> = {
  'Two faults: expired, and the passphrase is missing, without which nothing can be requested': (bench) => {
    bench.env.KEY_PASSPHRASE = passphrase;
  },
  'Two faults: expired, and the bundle is of another environment': (bench) =>
    bench.write('ca_bundle.pem', bench.pki.root.pem + bench.pki.sub.pem),
};

describe('the command of the diagnosis, in which nothing is left to be filled in', () => {
  const possible = faults.filter(({ tool }) => !tool || needs(tool));
  test.each(possible.map((fault) => [fault.name, fault] as const))('%s', { timeout: 120_000 }, async (name, fault) => {
    const bench = await fault.make();
    try {
      const status = await bench.look();
      const { cause, command } = status.diagnosis;
      for (const each of [...commandsIn(status), command ?? '']) expect(each).not.toMatch(placeholder);
      if (command === undefined) return;
      if (ours.test(command)) await recordReally(bench, status);
      before[name]?.(bench);
      bench.write(
        'timedatectl',
        `#!/bin/sh\n[ "$*" = 'set-ntp true' ] && touch ${bench.path('clock-is-set')}\n`,
        0o755,
      );
      bench.type(command);
      if (looks.test(command)) return;
      await consequences.find(([pattern]) => pattern.test(command))?.[1](bench);
      if (name in stays) return;
      const after = await bench.look();
      expect(codesOf(after), command).not.toContain(cause?.code);
      expect(after.diagnosis.cause?.code, command).toBe(name in leaves ? leaves[name] : fault.also?.[0]);
    } finally {
      await bench.end();
    }
  });

  test('every reason to leave something as it is names a fault', () => {
    const named = Object.keys({ ...stays, ...leaves, ...before });
    expect(named.filter((name) => !faults.some((fault) => fault.name === name))).toEqual([]);
  });
});

const codesOf = ({ findings }: EnvironmentStatus) => findings.map(({ code }) => code);

describe('the commands inside a first action', { timeout: 120_000 }, () => {
  test('a key that is not encrypted is encrypted, replaced, and its passphrase configured', async () => {
    const bench = await faults.find(({ cause }) => cause === 'private_key_unencrypted')!.make();
    try {
      delete (bench.settings.credential as { passphrase?: unknown }).passphrase;
      const [encrypt = '', replace = '', ...others] = commandsIn(await bench.look());
      expect(others).toEqual([]);
      answered(bench, encrypt);
      bench.type(replace);
      (bench.settings.credential as { passphrase?: unknown }).passphrase = { env: 'KEY_PASSPHRASE' };
      expect((await bench.look()).diagnosis.cause?.code).toBeUndefined();
    } finally {
      await bench.end();
    }
  });

  test.skipIf(!needs('keytool'))('the entry of a keystore that is no longer used is deleted', async () => {
    const bench = await faults.find(({ cause }) => cause === 'keystore_has_several_keys')!.make();
    try {
      const [remove = '', ...others] = commandsIn(await bench.look());
      expect(others).toEqual([]);
      answered(bench, remove.replace('NAME', 'old'));
      expect((await bench.look()).diagnosis.cause?.code).toBeUndefined();
    } finally {
      await bench.end();
    }
  });
});
