/** From the request to the installed certificate and on, as somebody types it, with everything in Parameter Store. */
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { dayMs } from '../../../src/time/duration.ts';
import { londonTime } from '../../../src/time/index.ts';
import { type } from '../../support/cli.ts';
import { createNhsLikePki, type NhsLikePki, signRequest } from '../../support/pki.ts';
import { awsError } from '../../support/stores/between.ts';
import { motoServer, useMoto } from '../../support/stores/moto.ts';

const passphrase = 'planted-passphrase';

describe.skipIf(!motoServer)('a renewal in Parameter Store', () => {
  const aws = useMoto();
  // What was read of a parameter is kept for the whole process, so each test has its own.
  let tests = 0;
  beforeEach(() => {
    tests += 1;
  });
  const place = (name: string) => `/mavis/${tests}/${name}`;
  const read = async (name: string) =>
    (await aws.moto.ssm.send(new GetParameterCommand({ Name: place(name), WithDecryption: true }))).Parameter!;

  async function deployed(renewal = '{}') {
    const folder = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-stores-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const pki = await createNhsLikePki({ notAfter: new Date(Date.now() + 20 * dayMs) });
    await aws.moto.put(place('MESH_CLIENT_CERT'), pki.client.pem, 'String');
    await aws.moto.put(place('MESH_CLIENT_KEY'), pki.client.encryptedKeyPem(passphrase));
    await aws.moto.put(place('MESH_CLIENT_KEY_PASSPHRASE'), passphrase);
    await aws.moto.put(place('MESH_CA_CERT'), pki.bundlePem);
    const config = join(folder, 'monitor.yaml');
    writeFileSync(
      config,
      `application: Mavis
ods_code: X26
contact: { name: Ada Lovelace, email: ada@example.nhs.uk, telephone: 0113 496 0000 }
stores: { aws: { endpoint: "${aws.between.endpoint}", region: eu-west-2 } }
environments:
  - name: integration
    preset: integration
    mesh: { mailbox_id: X26ABC1, probe: ping }
    credential:
      certificate: { aws_ssm: ${place('MESH_CLIENT_CERT')} }
      private_key: { aws_ssm: ${place('MESH_CLIENT_KEY')} }
      passphrase: { aws_ssm: ${place('MESH_CLIENT_KEY_PASSPHRASE')} }
      ca_bundle: { aws_ssm: ${place('MESH_CA_CERT')} }
    renewal: ${renewal}
`,
    );
    const here = ['--config', config, '--environment', 'integration'];
    const run = async (...words: string[]) => {
      const said = await type([...words, ...here]);
      expect(said.stdout + said.stderr).not.toMatch(/planted-|PRIVATE KEY/);
      return said;
    };
    return { folder, pki, run };
  }

  type Run = Awaited<ReturnType<typeof deployed>>['run'];

  /** Asked for, and answered by the desk. @returns the file that came back */
  async function answered(folder: string, pki: NhsLikePki, run: Run): Promise<string> {
    expect(await run('renew')).toMatchObject({ code: 0, stderr: '' });
    const pending = join(folder, 'state', 'pending');
    const [directory = ''] = readdirSync(pending);
    const csr = readdirSync(join(pending, directory)).find((name) => name.endsWith('.csr')) ?? '';
    const { pem } = await signRequest(pki.sub, readFileSync(join(pending, directory, csr), 'utf8'), {
      notBefore: new Date(Date.now() - 60_000),
    });
    const issued = join(folder, 'issued.pem');
    writeFileSync(issued, pem);
    return issued;
  }

  test('is requested, answered, installed as new versions, and found good', async () => {
    const { folder, pki, run } = await deployed();
    const issued = await answered(folder, pki, run);
    const pem = readFileSync(issued, 'utf8');
    const before = await read('MESH_CLIENT_KEY');
    aws.between.answer = (asked) => (asked === 'PutParameter' ? awsError('AccessDeniedException') : undefined);
    const refused = await run('accept', '--install', issued);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain('the permission ssm:PutParameter is missing');
    expect(await read('MESH_CLIENT_KEY')).toEqual(before);

    aws.between.answer = undefined;
    const accepted = await run('accept', '--install', issued);
    expect(accepted.code).toBe(0);
    const said = accepted.stdout.slice(accepted.stdout.indexOf('Installed:'));
    const back = (name: string) =>
      `(umask 077; f=$(mktemp) && aws ssm get-parameter --name ${place(name)}:1 --with-decryption --query 'Parameter.{Name: Name, Type: Type, Value: Value}' --output json --region eu-west-2 > "$f" && aws ssm put-parameter --overwrite`;
    const old = londonTime(new Date(new X509Certificate(pki.client.pem).validTo));
    expect(said).toContain(`Installed:
  SSM parameter ${place('MESH_CLIENT_KEY')} (version 2; the previous one: 1)
  SSM parameter ${place('MESH_CLIENT_CERT')} (version 2; the previous one: 1)

Restart or reload what reads these, if that has not been done: until then it uses the old certificate, which expires on ${old}.

To go back:

${back('MESH_CLIENT_KEY')}`);
    expect(said).toContain(`&&\n${back('MESH_CLIENT_CERT')} --cli-input-json "file://$f"`);
    expect((await read('MESH_CLIENT_CERT')).Value).toBe(pem);
    expect((await read('MESH_CA_CERT')).Version).toBe(1);

    const { code, stdout } = await run('check', '--offline', '--format', 'json');
    expect(code).toBe(0);
    expect(stdout).toContain(new X509Certificate(pem).serialNumber);

    const again = await run('accept', '--install', '--format', 'json', issued);
    expect(JSON.parse(again.stdout)).toMatchObject({ status: 'ok', install: { installed: [], stores: [] } });
    for (const each of aws.between.seen) expect(each).not.toMatch(/planted-(?!secret)|PRIVATE KEY/);
  });

  test('keeps its new key in Parameter Store too, if it is told to', async () => {
    const { folder, pki, run } = await deployed(`{ pending_key: { aws_ssm: ${place('PENDING_KEY')} } }`);
    const issued = await answered(folder, pki, run);
    const pending = await read('PENDING_KEY');
    expect(pending).toMatchObject({ Type: 'SecureString', Value: expect.stringContaining('ENCRYPTED') as string });
    const files = readdirSync(join(folder, 'state'), { recursive: true }).map(String);
    expect(files.filter((name) => name.includes('private_key'))).toEqual([]);

    const path = join(folder, 'monitor.yaml');
    const config = readFileSync(path, 'utf8');
    writeFileSync(path, config.replace('renewal: {', 'renewal: { passphrase: planted-later,'));
    const refused = await type(['accept', issued, '--config', path, '--environment', 'integration']);
    expect(refused.stdout + refused.stderr).not.toContain('planted-');
    expect(refused.stdout).toMatch(/the request of .* was made\. Set `renewal\.passphrase` to the earlier one/);
    writeFileSync(path, config);

    const shown = await run('accept', issued);
    expect(shown.stdout).toContain(
      `Private key: the new one is in SSM parameter ${place('PENDING_KEY')}. Put the same text where the application reads it`,
    );
    const accepted = await run('accept', '--install', issued);
    expect(accepted.code).toBe(0);
    expect((await read('MESH_CLIENT_KEY')).Value).toBe(pending.Value);
    expect((await run('check', '--offline')).code).toBe(0);
  });
});
