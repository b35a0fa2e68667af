/** Debian's mail server on loopback: takes mail over STARTTLS with authentication, and writes it to a mailbox file. */
import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, freePort, stop } from '../../support/process.ts';

export interface Exim {
  readonly port: number;
  /** Messages delivered so far, once there are `count`. */
  mailbox(count: number): Promise<Buffer[]>;
  close(): Promise<void>;
}

export async function startExim(options: {
  key: string;
  certificate: string;
  user: string;
  password: string;
  refused: string;
}): Promise<Exim> {
  const folder = await mkdtemp(join(tmpdir(), 'mesh-cert-monitor-exim-'));
  const at = (name: string) => join(folder, name);
  await mkdir(at('spool'));
  await mkdir(at('log'));
  await writeFile(at('key.pem'), options.key);
  await writeFile(at('certificate.pem'), options.certificate);
  await writeFile(at('conf'), configuration(folder, options), { mode: 0o644 });
  // Started by root, exim serves as its own user, which has to write here and read the key.
  await Promise.all([folder, at('spool'), at('log')].map((each) => chmod(each, 0o777)));

  const port = await freePort();
  const exim = spawn('exim4', ['-bdf', '-oX', String(port), '-C', at('conf')], { stdio: 'ignore' });
  const close = async () => {
    await stop(exim);
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    await eventually(
      () => 'exim4 does not listen',
      () => listens(port),
    );
  } catch (error) {
    await close();
    throw error;
  }
  return { port, close, mailbox: (count) => readMailbox(folder, count) };
}

const configuration = (
  folder: string,
  { user, password, refused }: Record<'user' | 'password' | 'refused', string>,
) => `
primary_hostname = mail.test
keep_environment =
spool_directory = ${folder}/spool
log_file_path = ${folder}/log/%slog
pid_file_path = ${folder}/exim.pid
deliver_drop_privilege = true
local_interfaces = 127.0.0.1
tls_advertise_hosts = *
tls_certificate = ${folder}/certificate.pem
tls_privatekey = ${folder}/key.pem
acl_smtp_rcpt = check_rcpt

begin acl
check_rcpt:
  deny recipients = ${refused}
       message = no such user here
  deny !authenticated = *
  accept

begin routers
everything:
  driver = accept
  transport = mailbox

begin transports
mailbox:
  driver = appendfile
  file = ${folder}/mailbox
  mode = 0644
  batch_max = 100
  envelope_to_add

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and{{eq{$auth2}{${user}}}{eq{$auth3}{${password}}}}}
  server_set_id = $auth2
  server_advertise_condition = \${if def:tls_in_cipher}
`;

async function readMailbox(folder: string, count: number): Promise<Buffer[]> {
  const read = (name: string) => readFile(join(folder, name), 'latin1').catch(() => '');
  // Logged once every recipient of a message has been served, so the file is whole by then.
  const completed = async () => (await read('log/mainlog')).match(/ Completed$/gm)?.length ?? 0;
  await eventually(
    () => `not yet ${count} messages`,
    async () => (await completed()) >= count || undefined,
  );
  // The mbox "From " line parts messages; a body line that begins so is written ">From ".
  const messages = (await read('mailbox')).split(/^From [^\n]*\n/m).filter((each) => each !== '');
  return messages.map((each) => Buffer.from(each, 'latin1'));
}

function listens(port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(undefined));
    socket.on('connect', () => socket.destroy());
  });
}
