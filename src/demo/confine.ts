/** What keeps the demonstration on this machine, also after somebody has edited its configuration. */
import { type Configuration, ConfigurationError, isLoopback } from '../config/index.ts';
import type { Source } from '../sources/index.ts';

/** RFC 2606 §2 and §3: names that will never belong to anybody. */
const nobodys = /[@.](example|test|invalid|localhost|example\.(com|net|org))$/i;

/**
 * @param catcherPort - of the mail catcher, on loopback.
 * @returns the same configuration.
 * @throws {ConfigurationError} if mail, a handshake or the page could leave this machine, or an address could be that of a real desk or person.
 */
export function confined(configuration: Configuration, catcherPort: number): Configuration {
  const { path, email, environments, contact, http, notify } = configuration;
  const problems = [
    ...address('contact.email', contact.email),
    ...(isLoopback(http.host) ? [] : [refused('http.listen', 'listens on 127.0.0.1 only')]),
    ...(email?.smtp && !(email.smtp.host === '127.0.0.1' && email.smtp.port === catcherPort)
      ? [refused('email.smtp', `sends mail to its own catcher only, 127.0.0.1:${catcherPort}`)]
      : []),
    ...(notify?.webhook === undefined || callsHere(notify.webhook.url)
      ? []
      : [refused('notify.webhook.url', 'calls addresses of this machine only, written in the file')]),
    ...environments.flatMap(({ mesh, renewal, contact: own }, index) => {
      const at = `environments[${index}]`;
      return [
        ...address(`${at}.contact.email`, own.email),
        ...renewal.desk.flatMap((each, place) => address(`${at}.renewal.desk[${place}]`, each)),
        ...(onThisMachine(mesh.url) ? [] : [refused(`${at}.mesh.url`, 'calls its own MESH stand-in only')]),
        ...(mesh.proxy === undefined || onThisMachine(mesh.proxy)
          ? []
          : [refused(`${at}.mesh.proxy`, 'stays on this machine')]),
      ];
    }),
  ];
  if (problems.length > 0) throw new ConfigurationError(path, problems);
  return configuration;
}

const refused = (path: string, does: string) => ({
  path,
  message: `the demonstration ${does}; use \`serve\` for real environments`,
});

const address = (path: string, text: string) =>
  nobodys.test(text) ? [] : [refused(path, 'writes to addresses in example.org only')];

/** What a file or a variable says could change after it was looked at. */
const callsHere = (url: Source) => url.kind === 'inline' && onThisMachine(url.value.reveal());

function onThisMachine(url: string): boolean {
  const { hostname } = new URL(url);
  return isLoopback(hostname.replace(/^\[|\]$/g, ''));
}
