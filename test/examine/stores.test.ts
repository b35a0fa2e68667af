/** What is known of a credential while the store that it is in does not answer, or is being written to. */
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ResolvedEnvironment } from '../../src/config/types.ts';
import { examine, readAhead } from '../../src/examine/index.ts';
import { parseCertificate } from '../../src/x509/index.ts';
import { sampleEnvironment } from '../support/configuration.ts';
import { createNhsLikePki, type NhsLikePki, nhsLikePki } from '../support/pki.ts';
import { awsError } from '../support/stores/between.ts';
import { motoServer, useMoto } from '../support/stores/moto.ts';

describe.skipIf(!motoServer)('a credential in a store', () => {
  const passphrase = 'planted-passphrase';
  const names = { certificate: '/mesh/cert', privateKey: '/mesh/key', passphrase: '/mesh/pass', caBundle: '/mesh/ca' };
  const aws = useMoto();
  let [pki, next]: NhsLikePki[] = [];
  beforeAll(async () => {
    [pki, next] = [await nhsLikePki(), await createNhsLikePki()];
  });
  beforeEach(() => deploy(pki!));

  async function deploy({ client, bundlePem }: NhsLikePki) {
    await aws.moto.put(names.certificate, client.pem);
    await aws.moto.put(names.privateKey, client.encryptedKeyPem(passphrase));
    await aws.moto.put(names.passphrase, passphrase);
    await aws.moto.put(names.caBundle, bundlePem);
    await aws.moto.put('/mesh/password', 'planted-password');
  }

  function environment(more: Partial<ResolvedEnvironment> = {}): ResolvedEnvironment {
    const store = aws.settings();
    const at = (name: string) => ({ kind: 'aws_ssm', name, store }) as const;
    const { certificate, privateKey, caBundle } = names;
    const sample = sampleEnvironment();
    return {
      ...sample,
      mesh: { ...sample.mesh, password: at('/mesh/password') },
      credential: {
        kind: 'pem',
        certificate: at(certificate),
        privateKey: at(privateKey),
        passphrase: at(names.passphrase),
        caBundle: at(caBundle),
      },
      ...more,
    };
  }
  const now = new Date();
  const look = async (of: ResolvedEnvironment, last?: Awaited<ReturnType<typeof examine>>) => {
    await readAhead([of], {});
    return (await examine(of, last, {}, now))!;
  };
  const found = ({ assessment }: Awaited<ReturnType<typeof look>>) =>
    assessment.findings.map(({ code, severity }) => `${code} ${severity}`);

  test('is judged, with one call for all of its parts', async () => {
    const here = environment();
    aws.between.asked();
    const { assessment } = await look(here);
    expect(aws.between.asked()).toEqual(['GetParameters']);
    expect(assessment.findings.map(({ code }) => code)).not.toContain('store_unavailable');
    expect(assessment.valid).toBe(true);
  });

  test('is the same object while its versions are the same', async () => {
    const here = environment();
    const first = await look(here);
    expect((await look(here, first)).credential).toBe(first.credential);
  });

  test('stays judged while the store is down, and a warning says so; afterwards it is gone', async () => {
    const here = environment();
    const first = await look(here);
    aws.between.answer = () => awsError('ThrottlingException');
    const second = await look(here, first);
    expect(found(second)).toEqual([...found(first), 'store_unavailable warning'].sort(bySeverity));
    expect(second.assessment).toMatchObject({ valid: true, expiresAt: first.assessment.expiresAt });
    expect(second.credential.contentHash).toBe(first.credential.contentHash);
    const [{ message } = { message: '' }] = second.credential.storeProblems ?? [];
    expect(message).toContain('AWS Systems Manager Parameter Store did not answer');
    expect(message).toContain('(ThrottlingException)');
    expect(message).not.toContain('planted');
    aws.between.answer = undefined;
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 600_000);
    expect(found(await look(here, second))).toEqual(found(first));
  });

  test('is unknown, which is critical, if the store has been down since the start', async () => {
    aws.between.answer = () => awsError('AccessDeniedException');
    const { assessment } = await look(environment());
    expect(assessment.findings.map(({ code, severity }) => `${code} ${severity}`)).toEqual([
      'store_unavailable critical',
    ]);
    expect(assessment.valid).toBe(false);
    expect(assessment.judged.validity).toBe(false);
  });

  test('in files is valid although the store of the password is down', async () => {
    const here = environment();
    const inline = sampleEnvironment().credential;
    aws.between.answer = () => awsError('AccessDeniedException');
    const { assessment } = await look({ ...here, credential: inline! });
    const store = assessment.findings.find(({ code }) => code === 'store_unavailable');
    expect(store?.severity).toBe('warning');
  });

  test('that was deleted is critical: the next deployment would fail', async () => {
    const here = environment({});
    const gone = {
      ...here.credential,
      certificate: { ...(here.credential!.kind === 'pem' && here.credential!.certificate), name: '/mesh/gone' },
    };
    const { assessment } = await look({ ...here, credential: gone as typeof here.credential & object });
    expect(assessment.findings[0]).toMatchObject({
      code: 'certificate_unreadable',
      message: 'SSM parameter /mesh/gone does not exist.',
    });
  });

  test.each([
    ['while it is read', 2],
    ['while it is looked at again', 3],
  ])('whose key is rotated %s is never half old and half new', async (_, when) => {
    const here = environment();
    const first = await look(here);
    // The certificate is new; the key follows after it was asked for.
    await aws.moto.put(names.certificate, next!.client.pem);
    await aws.moto.put(names.caBundle, next!.bundlePem);
    let reads = 0;
    aws.between.answer = async (asked) => {
      if (asked === 'DescribeParameters') reads += 1;
      if (asked === 'DescribeParameters' && reads === when)
        await aws.moto.put(names.privateKey, next!.client.encryptedKeyPem(passphrase));
      return undefined;
    };
    const { assessment, credential } = await look(here, first);
    expect(credential.certificate?.der).toEqual(parseCertificate(next!.client.der).der);
    expect(assessment.findings.map(({ code }) => code)).not.toContain('key_mismatch');
    expect(assessment.valid).toBe(true);
  });
});

const bySeverity = (a: string, b: string) => Number(b.endsWith('warning')) - Number(a.endsWith('warning'));
