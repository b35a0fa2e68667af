/** HAProxy, stunnel and hitch. */
import { bareVersion, type Front, programNamed } from './front.ts';

export const haproxy: Front = {
  name: 'HAProxy',
  can: ({ demands }) => demands !== 'later',
  program: () => programNamed('haproxy'),
  async prepare({ certificate, key, clientCa, demands, revoked, upstreamPort, version }, { port, file }) {
    const mutual = [
      `ca-file ${await file('ca.pem', clientCa)} verify required`,
      ...(revoked ? [`crl-file ${await file('crl.pem', revoked)}`] : []),
    ].join(' ');
    const conf = `global
  log stderr format raw local0
defaults
  mode http
  log global
  timeout connect 20s
  timeout client 20s
  timeout server 20s
frontend front
  bind 127.0.0.1:${port} ssl crt ${await file('server.pem', certificate + key)} ssl-min-ver ${version} ssl-max-ver ${version} ${demands === 'certificate' ? mutual : ''}
  default_backend sandbox
backend sandbox
  server sandbox 127.0.0.1:${upstreamPort}
`;
    return { args: ['-db', '-f', await file('haproxy.cfg', conf)] };
  },
};

export const stunnel: Front = {
  name: 'stunnel',
  can: ({ demands }) => demands !== 'later',
  program: () => programNamed('stunnel4', 'stunnel'),
  async prepare({ certificate, key, clientCa, demands, lax, revoked, upstreamPort, version }, { port, file }) {
    const mutual = `verifyChain = yes\nrequireCert = yes\nCAfile = ${await file('ca.pem', clientCa)}`;
    const conf = `foreground = yes
pid =
[mesh]
accept = 127.0.0.1:${port}
connect = 127.0.0.1:${upstreamPort}
cert = ${await file('server.pem', certificate)}
key = ${await file('server.key', key)}
sslVersion = ${version}
${lax ? 'securityLevel = 0' : ''}
${demands === 'certificate' ? mutual : ''}
${revoked ? `CRLfile = ${await file('crl.pem', revoked)}` : ''}
`;
    return { args: [await file('stunnel.conf', conf)] };
  },
};

export const hitch: Front = {
  name: 'hitch',
  // Version 1.7 does not support CRLs.
  can: ({ demands, revoked }) => demands !== 'later' && revoked === undefined,
  program: () => programNamed('hitch'),
  async prepare({ certificate, key, clientCa, demands, upstreamPort, version }, { port, file }) {
    const mutual = `client-verify = required\nclient-verify-ca = "${await file('ca.pem', clientCa)}"`;
    const conf = `frontend = "[127.0.0.1]:${port}"
backend = "[127.0.0.1]:${upstreamPort}"
pem-file = "${await file('server.pem', key + certificate)}"
tls-protos = TLSv${bareVersion(version)}
workers = 1
daemon = off
user = "nobody"
${demands === 'certificate' ? mutual : ''}
`;
    return { args: ['--config', await file('hitch.conf', conf)] };
  },
};
