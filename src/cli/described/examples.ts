/** Examples for `--help`, the manual pages and docs/cli.md. Each one works as it stands, given the files that it names. */
import type { Command } from 'commander';
import { wordsOf } from '../help.ts';

export interface Example {
  readonly does: string;
  /** As typed in a shell. */
  readonly command: string;
}

/** By the command's name, below the name of the program. */
const examples: Readonly<Record<string, readonly (readonly [does: string, command: string])[]>> = {
  '': [
    ['a configuration to start with', 'mesh-cert-monitor init --output mesh.yaml'],
    ['check everything in it once', 'mesh-cert-monitor check --config mesh.yaml'],
    ['all options of a command', 'mesh-cert-monitor check --help'],
  ],
  serve: [
    ['keep watch, with the status page on the address in http.listen', 'mesh-cert-monitor serve --config mesh.yaml'],
    ['take over from another process that is about to stop', 'mesh-cert-monitor serve --config mesh.yaml --wait 2m'],
  ],
  check: [
    ['every environment, with a handshake', 'mesh-cert-monitor check --config mesh.yaml'],
    [
      'one environment, its files only',
      'mesh-cert-monitor check --config mesh.yaml --environment integration --offline',
    ],
    [
      'for Nagios: what the running service knows',
      'mesh-cert-monitor check --service http://127.0.0.1:9807 --format nagios',
    ],
  ],
  inspect: [
    [
      'a certificate with its key and CA bundle',
      'mesh-cert-monitor inspect --cert client.pem --key private_key.pem --passphrase-env KEY_PASSPHRASE --ca-bundle ca_bundle.pem',
    ],
    ['everything in a folder', 'mesh-cert-monitor inspect /etc/mesh-certs'],
    ['what a server presents', 'mesh-cert-monitor inspect --connect msg.intspineservices.nhs.uk:443'],
    [
      'the same from OpenSSL',
      'openssl s_client -connect localhost:443 -showcerts </dev/null | mesh-cert-monitor inspect --cert -',
    ],
    [
      'the certificates in a keystore',
      'mesh-cert-monitor inspect --keystore mesh.p12 --passphrase-env KEY_PASSPHRASE --format pem',
    ],
    ['will it still work in May?', 'mesh-cert-monitor inspect --cert client.pem --at 2027-05-01T09:00:00Z'],
  ],
  bundle: [
    ['the current NHS certificates', 'mesh-cert-monitor bundle --environment integration --output ca_bundle.pem'],
    [
      'put a bundle in order, and keep only what the client certificate needs',
      'mesh-cert-monitor bundle ca_bundle.pem --for client.pem --in-place',
    ],
  ],
  request: [
    [
      'look at the request before it is sent',
      'mesh-cert-monitor request --config mesh.yaml --environment integration --dry-run',
    ],
    ['send it', 'mesh-cert-monitor request --config mesh.yaml --environment integration'],
  ],
  renew: [
    [
      'look at the request before it is sent',
      'mesh-cert-monitor renew --config mesh.yaml --environment integration --dry-run',
    ],
    [
      'ask ahead of time, and say why',
      "mesh-cert-monitor renew --config mesh.yaml --environment integration --reason 'the key may have been read by others'",
    ],
  ],
  accept: [
    [
      'is it the one that was requested?',
      'mesh-cert-monitor accept --config mesh.yaml --environment integration answer.eml',
    ],
    [
      'put it in place as well',
      'mesh-cert-monitor accept --config mesh.yaml --environment integration --install answer.eml',
    ],
  ],
  renewals: [['all of them', 'mesh-cert-monitor renewals --config mesh.yaml']],
  'renewals resolve': [
    [
      'you have sent the draft, or the desk says that it has the request',
      'mesh-cert-monitor renewals resolve --config mesh.yaml --environment integration --sent',
    ],
  ],
  init: [
    ['answer a few questions', 'mesh-cert-monitor init'],
    ['a file to fill in', 'mesh-cert-monitor init --output mesh.yaml </dev/null'],
  ],
  'hash-password': [['it asks for the password twice', 'mesh-cert-monitor hash-password']],
  permissions: [
    ['what the service may read in the stores', 'mesh-cert-monitor permissions --config mesh.yaml'],
    [
      'and what whoever runs `accept --install` may write',
      'mesh-cert-monitor permissions --config mesh.yaml --install',
    ],
  ],
  demo: [
    ['on any free port', 'mesh-cert-monitor demo --port 0'],
    ['what it looks like in two months', 'mesh-cert-monitor demo --at 60d'],
  ],
  completion: [
    ['in this shell, bash', 'eval "$(mesh-cert-monitor completion bash)"'],
    ['for good, zsh', 'mesh-cert-monitor completion zsh >~/.zfunc/_mesh-cert-monitor'],
    ['for good, fish', 'mesh-cert-monitor completion fish >~/.config/fish/completions/mesh-cert-monitor.fish'],
  ],
  help: [['the help of a command', 'mesh-cert-monitor help renewals resolve']],
};

/** @throws {Error} for a command without an example. */
export function examplesOf(command: Command): readonly Example[] {
  const words = wordsOf(command).join(' ');
  const found = examples[words];
  if (!found) throw new Error(`there is no example for the command "${words}"`);
  return found.map(([does, command]) => ({ does, command }));
}

/** Each in as many lines as the terminal needs, which a shell reads as one. */
export function examplesHelp(command: Command, columns: number): string {
  const lines = examplesOf(command).flatMap(({ does, command }) => [`# ${does}`, ...shellLines(command, columns - 2)]);
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

/** Broken before options and pipes only. */
export function shellLines(command: string, columns: number): string[] {
  const lines: string[] = [];
  for (const part of command.split(/ (?=--|\| )/)) {
    const last = lines.at(-1);
    const isFirst = lines.length === 0;
    if (last !== undefined && `${last} ${part} \\`.length <= columns) lines[lines.length - 1] = `${last} ${part}`;
    else lines.push(isFirst ? part : `  ${part}`);
  }
  return lines.map((line, index) => (index === lines.length - 1 ? line : `${line} \\`));
}
