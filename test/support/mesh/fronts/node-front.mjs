// Node's own https server in front of the sandbox: node node-front.mjs SETTINGS
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';

const settings = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const options = {
  cert: readFileSync(settings.certificate),
  key: readFileSync(settings.key),
  minVersion: settings.version,
  maxVersion: settings.version,
  ...(settings.lax && { ciphers: 'DEFAULT@SECLEVEL=0' }),
  ...(settings.demands === 'certificate' && {
    ca: readFileSync(settings.clientCa),
    requestCert: true,
    rejectUnauthorized: true,
  }),
  ...(settings.revoked && { crl: readFileSync(settings.revoked, 'utf8').split(/(?=-----BEGIN)/) }),
};

createServer(options, (incoming, response) => {
  const { method, url: path, headers } = incoming;
  const onward = request({ host: '127.0.0.1', port: settings.upstreamPort, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  incoming.pipe(onward);
})
  .on('tlsClientError', () => {})
  .listen(settings.port, '127.0.0.1');
