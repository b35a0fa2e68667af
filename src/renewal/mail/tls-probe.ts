import { isIP } from 'node:net';
import { connect } from 'node:tls';

/**
 * Whether a port begins with TLS, which is the usual reason why a mail server sends no greeting. Nothing is sent over the connection,
 * so the peer need not be verified.
 */
export function beginsWithTls(host: string, port: number, limitMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const servername = isIP(host) ? {} : { servername: host };
    const socket = connect({ host, port, rejectUnauthorized: false, ...servername });
    const end = (answer: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => end(false), limitMs);
    socket.on('error', () => end(false)).once('close', () => end(false));
    socket.once('secureConnect', () => end(true));
  });
}
