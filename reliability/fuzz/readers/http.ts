/** What a MESH server answers, over a real connection: its status line, header and body changed by lines and by octets. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import fc from 'fast-check';
import { handshake, handshakeReasons } from '../../../src/mesh/index.ts';
import { isTreacherous } from '../../../src/text/index.ts';
import { credentialFrom, endpoint } from '../../../test/support/mesh/handshake-pki.ts';
import { inline } from '../../../test/support/sources.ts';
import type { Material } from '../material.ts';
import { byteChange, changeBytes } from '../mutations/bytes.ts';
import { changeText, textChange } from '../mutations/text.ts';
import { must, type Outcome, type Reader } from '../reader.ts';

const [password, sharedKey] = ['Pl4nted-password-8R', 'Pl4nted-shared-key-9S'];

const words = [
  'HTTP/1.1 200 OK',
  'HTTP/1.1 100 Continue',
  'HTTP/1.1 101 Switching Protocols',
  'HTTP/1.1 304 Not Modified',
  'HTTP/1.1 403 Forbidden',
  'HTTP/1.1 429 Too Many Requests',
  'HTTP/1.1 999 ',
  'HTTP/0.9 200',
  'Content-Length: 0',
  'Content-Length: 99999999999999999999',
  'Content-Length: -1',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Content-Encoding: gzip',
  'Content-Encoding: br',
  'Retry-After: 99999999999999',
  'Retry-After: Tue, 99 Nov 9999 99:99:99 GMT',
  'Date: Thu, 01 Jan 1970 00:00:00 GMT',
  'Date: Mon, 31 Feb 275761 00:00:00 GMT',
  'Connection: upgrade',
  'Location: file:///etc/passwd',
  '{"mailboxId":"X26ABC1"}',
  '{"errorCode":"06","errorDescription":"\u202e"}',
  '<html><title>nginx</title>400 The SSL certificate error',
  'ffffffffffffffff',
  '0\r\n\r\n',
];
const examples = [
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 25\r\n\r\n{"mailboxId": "X26ABC1"}\n',
  'HTTP/1.1 200 OK\r\nDate: Thu, 26 Nov 2026 12:00:00 GMT\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"ma\r\n15\r\nilboxId": "X26ABC1"} \r\n0\r\n\r\n',
  'HTTP/1.1 403 Forbidden\r\nContent-Length: 31\r\n\r\n{"errorDescription":"Forbidden"}',
  'HTTP/1.1 429 Too Many Requests\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html><h1>502 Bad Gateway</h1></html>',
];
const timeouts = { connectMs: 5_000, tlsMs: 5_000, requestMs: 5_000 };

export async function httpReader(material: Material): Promise<Reader> {
  const { client, bundlePem, server } = material;
  const answers = await answering({ cert: server.pem, key: server.keyPem, ca: bundlePem });
  const credential = await credentialFrom({ certificate: client.pem, privateKey: client.keyPem, caBundle: bundlePem });
  const mesh = endpoint(`https://localhost:${answers.port}`, {
    timeouts,
    password: inline(password),
    sharedKey: inline(sharedKey),
    verifyServer: false,
  });
  const read = async (bytes: Buffer): Promise<Outcome> => {
    answers.answer(bytes);
    const result = await handshake({ mesh }, credential, { now: () => new Date(), env: {} });
    const said = [result.detail ?? '', result.remedy ?? ''];
    must(
      (result.outcome === 'failure') === handshakeReasons.some((each) => each === result.reason),
      'a failure without a reason',
    );
    must(result.outcome === 'failure' || result.httpStatus === 200, 'a success without a 200');
    must(!said.some(isTreacherous), 'text of others is shown as it is');
    must(
      said.every(({ length }) => length <= 2_000),
      'the text of others is not cut',
    );
    const all = JSON.stringify(result, (_, value) => (value instanceof Uint8Array ? undefined : value));
    must(!all.includes(password) && !all.includes(sharedKey), 'a secret is shown');
    return result.outcome === 'success' ? 'accepted' : 'refused';
  };
  const lines = fc.array(textChange(words), { minLength: 1, maxLength: 3 });
  const octets = fc.array(byteChange, { minLength: 1, maxLength: 3 });
  const bytes = fc
    .constantFrom(...examples)
    .chain((text) =>
      fc.oneof(
        { weight: 3, arbitrary: lines.map((all) => Buffer.from(all.reduce(changeText, text), 'latin1')) },
        { weight: 1, arbitrary: octets.map((all) => all.reduce(changeBytes, Buffer.from(text))) },
      ),
    );
  const inputs = bytes.map((answer) => ({ bytes: answer, read: () => read(answer) }));
  return { name: 'HTTP answer', share: 8, inputs, close: answers.close };
}

/** Answers every request with the same octets, and ends. */
async function answering(tls: { cert: string; key: string; ca: string }) {
  let octets = Buffer.alloc(0);
  const sockets = new Set<TLSSocket>();
  const server: Server = createServer({ ...tls, requestCert: true, rejectUnauthorized: false }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.once('data', () => socket.end(octets));
  });
  server.on('tlsClientError', () => {}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    answer: (bytes: Buffer) => {
      octets = Buffer.from(bytes);
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
