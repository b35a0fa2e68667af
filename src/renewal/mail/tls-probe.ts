import { isIP } from 'node:net';
import { connect } from 'node:tls';

/**
 * Whether a port begins with TLS: asked of a mail server that sends no greeting, for then that is the usual reason. Nothing is said over
 * the connection, so nobody is believed by it.
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
