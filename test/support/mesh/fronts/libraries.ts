/** The servers that come with OpenSSL and GnuTLS, and small servers based on the libraries of Java, Go, Python and Node. */
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bareVersion, type Front, type FrontOptions, programNamed, type Where } from './front.ts';

const run = promisify(execFile);
const beside = (name: string) => join(import.meta.dirname, name);

export const openssl: Front = {
  name: 'openssl s_server',
  answersItself: true,
  can: ({ demands }) => demands !== 'later',
  program: () => programNamed('openssl'),
  async prepare({ certificate, key, clientCa, demands, revoked, version }, { port, file }) {
    const mutual = ['-Verify', '3', '-verify_return_error', '-CAfile', await file('ca.pem', clientCa)];
    const args = [
      's_server',
      ...['-accept', `127.0.0.1:${port}`, '-www', version === 'TLSv1.3' ? '-tls1_3' : '-tls1_2'],
      ...['-cert', await file('server.pem', certificate), '-key', await file('server.key', key)],
      ...['-cert_chain', await file('chain.pem', certificate)],
      ...(demands === 'certificate' ? mutual : []),
      ...(revoked ? ['-crl_check', '-CRL', await file('crl.pem', revoked)] : []),
    ];
    return { args };
  },
};

export const gnutls: Front = {
  name: 'gnutls-serv',
  answersItself: true,
  can: ({ demands }) => demands !== 'later',
  program: () => programNamed('gnutls-serv'),
  async prepare({ certificate, key, clientCa, demands, revoked, version }, { port, file }) {
    const args = [
      ...['--http', '--port', String(port), '--priority', `NORMAL:-VERS-ALL:+VERS-TLS${bareVersion(version)}`],
      ...['--x509certfile', await file('server.pem', certificate), '--x509keyfile', await file('server.key', key)],
      ...['--x509cafile', await file('ca.pem', clientCa)],
      ...(demands === 'certificate' ? ['--require-client-cert', '--verify-client-cert'] : ['--disable-client-cert']),
      ...(revoked ? ['--x509crlfile', await file('crl.pem', revoked)] : []),
    ];
    return { args };
  },
};

/** The small servers read everything from one JSON file. */
async function settings(options: FrontOptions, { port, file }: Where): Promise<string> {
  const { certificate, key, clientCa, demands, lax, upstreamPort, version, revoked } = options;
  const files = {
    certificate: await file('server.pem', certificate),
    key: await file('server.key', key),
    clientCa: await file('ca.pem', clientCa),
    ...(revoked ? { revoked: await file('crl.pem', revoked) } : {}),
  };
  return file('settings.json', JSON.stringify({ ...files, port, upstreamPort, version, demands, lax }));
}

export const node: Front = {
  name: 'Node',
  can: ({ demands }) => demands !== 'later',
  program: () => process.execPath,
  prepare: async (options, where) => ({ args: [beside('node-front.mjs'), await settings(options, where)] }),
};

export const python: Front = {
  name: 'Python',
  can: ({ demands }) => demands !== 'later',
  program: () => programNamed('python3'),
  prepare: async (options, where) => ({ args: [beside('python_front.py'), await settings(options, where)] }),
};

export const java: Front = {
  name: 'Java',
  can: ({ demands }) => demands !== 'later',
  // It runs from source, which needs a JDK.
  program: () => (programNamed('javac') ? programNamed('java') : undefined),
  async prepare(options, where) {
    const { folder, port } = where;
    await settings(options, where);
    const at = (name: string) => join(folder, name);
    await run('openssl', [
      ...['pkcs12', '-export', '-out', at('server.p12'), '-passout', 'pass:changeit', '-name', 'server'],
      ...['-in', at('server.pem'), '-inkey', at('server.key'), '-certfile', at('server.pem')],
    ]);
    const { demands, upstreamPort, version, revoked } = options;
    const words = [
      at('server.p12'),
      at('ca.pem'),
      port,
      upstreamPort,
      version,
      demands,
      revoked ? at('crl.pem') : 'none',
    ];
    return { args: ['-XX:TieredStopAtLevel=1', beside('JavaFront.java'), ...words.map(String)] };
  },
};

let built: Promise<string> | undefined;

export const go: Front = {
  name: 'Go',
  // Go's TLS does not support CRLs.
  can: ({ demands, revoked }) => demands !== 'later' && revoked === undefined,
  program: () => programNamed('go'),
  async prepare(options, where) {
    built ??= buildGo(where.program);
    return { program: await built, args: [await settings(options, where)] };
  },
};

/** Once per process. Go's own cache makes the next build quick. */
async function buildGo(go: string): Promise<string> {
  const folder = join(tmpdir(), 'mesh-cert-monitor-go-front');
  await mkdir(folder, { recursive: true });
  const program = join(folder, 'front');
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    GOCACHE: join(folder, 'cache'),
    GO111MODULE: 'off',
    CGO_ENABLED: '0',
  };
  await run(go, ['build', '-o', program, beside('go_front.go')], { env });
  return program;
}
