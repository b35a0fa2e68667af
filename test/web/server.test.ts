import { get } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { ListenError, listen, type WebServer } from '../../src/web/server.ts';
import { ca, type Made, serverCertificate } from '../support/pki.ts';

let server: WebServer | undefined;
afterEach(async () => {
  await server?.close(0);
  server = undefined;
});
const tlsOf = (made: Made) => ({ cert: made.pem, key: made.keyPem });
const start = async (made: Made, tls: object = tlsOf(made)) => {
  server = await listen((_request, response) => response.end('ok'), { host: '127.0.0.1', port: 0, tls });
  return server;
};

/** Serial number of the certificate that the server presented. */
function serialFrom(url: string, trusted: Made): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { ca: trusted.pem, agent: false }, (response) => {
      resolve((response.socket as TLSSocket).getPeerCertificate().serialNumber);
      response.resume();
    }).on('error', reject);
  });
}

describe('HTTPS', () => {
  test('presents the certificate, and the renewed one from then on', async () => {
    const root = await ca({ cn: 'Root' });
    const [one, two] = [
      await serverCertificate({ issuer: root, serial: '11' }),
      await serverCertificate({ issuer: root, serial: '22' }),
    ];
    const { url, renewTls } = await start(one);
    expect(url).toMatch(/^https:/);
    expect(await serialFrom(url, root)).toBe('11');
    renewTls(tlsOf(two));
    expect(await serialFrom(url, root)).toBe('22');
  });

  test('with a key that does not fit is refused at the start and at a renewal, and the old one stays', async () => {
    const root = await ca({ cn: 'Root' });
    const one = await serverCertificate({ issuer: root, serial: '11' });
    const wrong = { cert: one.pem, key: root.keyPem };
    await expect(start(one, wrong)).rejects.toThrow(ListenError);
    const { url, renewTls } = await start(one);
    expect(() => renewTls(wrong)).toThrow(/key and certificate cannot be used/);
    expect(await serialFrom(url, root)).toBe('11');
  });

  test('with a passphrase that is wrong does not repeat it', async () => {
    const root = await ca({ cn: 'Root' });
    const one = await serverCertificate({ issuer: root });
    const tls = { cert: one.pem, key: one.encryptedKeyPem('right'), passphrase: 'planted-wrong' };
    const error = await start(one, tls).catch((reason: Error) => reason);
    expect(error).toBeInstanceOf(ListenError);
    expect(String(error)).not.toContain('planted-wrong');
  });
});
