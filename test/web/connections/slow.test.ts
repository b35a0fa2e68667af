import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { limits } from '../../../src/web/connections/limits.ts';
import { ca, serverCertificate } from '../../support/pki.ts';
import { answered, get, serve } from '../../support/web/connections.ts';

describe('a client is disconnected when it is too slow', () => {
  test('to say anything', async () => {
    const { client, pass, cuts } = await serve();
    const { state } = await client();
    pass(limits.headMs);
    expect(cuts).toEqual([]);
    pass(1);
    expect(cuts).toEqual(['too slow to ask']);
    await expect.poll(() => state.closed).toBe(true);
  });

  test('to complete a TLS handshake, even if it goes on byte by byte', async () => {
    const made = await serverCertificate({ issuer: await ca({ cn: 'Root' }) });
    const { client, pass, cuts } = await serve({ tls: { cert: made.pem, key: made.keyPem } });
    const { socket, state } = await client();
    socket.write(Buffer.from('160301020001000001fc0303', 'hex'));
    pass(limits.handshakeMs);
    socket.write('0');
    expect(cuts).toEqual([]);
    pass(1);
    expect(cuts).toEqual(['too slow to ask']);
    await expect.poll(() => state.closed).toBe(true);
  });

  test('to send a request after the TLS handshake', async () => {
    const made = await serverCertificate({ issuer: await ca({ cn: 'Root' }) });
    const { port, pass, cuts, secured } = await serve({ tls: { cert: made.pem, key: made.keyPem } });
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {});
    // The service has seen the end of the handshake a little later than the client.
    await expect.poll(secured).toBe(1);
    pass(limits.headMs);
    expect(cuts).toEqual([]);
    pass(1);
    expect(cuts).toEqual(['too slow to ask']);
    if (!socket.closed) await once(socket, 'close');
  });

  test('to read, while one that reads gets everything', async () => {
    const piece = 'x'.repeat(64 * 1024);
    const { client, pass, cuts } = await serve({
      handler: (_request, response) => void Readable.from(Array<string>(200).fill(piece)).pipe(response),
    });
    const [reader, idler] = [await client(), await client()];
    idler.socket.pause();
    for (const { socket } of [reader, idler]) socket.write(get('/'));
    // Up to the last chunk, which is empty (RFC 9112 §7.1).
    await expect.poll(() => reader.state.text.endsWith('\r\n0\r\n\r\n')).toBe(true);
    expect(reader.state.text.length).toBeGreaterThan(200 * piece.length);
    pass(1000);
    pass(1000);
    expect(cuts).toEqual([]);
    pass(limits.stallMs);
    expect(cuts).toEqual(['too slow to read']);
    expect(reader.state.closed).toBe(false);
    idler.socket.resume();
    await expect.poll(() => idler.state.closed).toBe(true);
  });

  test('to send another request', async () => {
    const { client, pass, cuts } = await serve();
    const { socket, state } = await client();
    socket.write(get('/'));
    await answered(state, 1);
    pass(limits.idleMs);
    expect(cuts).toEqual([]);
    pass(limits.headMs + 1);
    expect(cuts).toEqual(['idle']);
  });
});

test('unread responses are limited in total: the longest unread are closed', async () => {
  const answer = 'x'.repeat(limits.unreadBytes / 4);
  const { client, pass, cuts, connections } = await serve({ handler: (_request, response) => response.end(answer) });
  const clients: Socket[] = [];
  for (let each = 0; each < 8; each += 1) {
    const { socket } = await client();
    socket.pause();
    socket.write(get('/'));
    clients.push(socket);
  }
  await expect.poll(() => connections.size).toBe(8);
  const cutNow = () => {
    pass(1);
    return cuts.length;
  };
  await expect.poll(cutNow, { interval: 20 }).toBeGreaterThan(2);
  expect(new Set(cuts)).toEqual(new Set(['too much unread']));
  // Something of each has gone into the buffers of the system, so a few more may stay than four.
  expect(cuts.length).toBeLessThan(8);
});
