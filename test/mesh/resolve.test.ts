import { describe, expect, test } from 'vitest';
import { addressesOf, filesComeFirst } from '../../src/mesh/network/hosts-file.ts';
import { eitherFamily, Lookups } from '../../src/mesh/network/lookups.ts';

const never = new AbortController().signal;
const v4 = (address: string) => ({ address, family: 4 });
const v6 = (address: string) => ({ address, family: 6 });

describe('hosts(5)', () => {
  const hosts = `# MESH in the lab
127.0.0.1 localhost  # loopback
::1       localhost ip6-localhost
10.0.0.5\tmesh.lab.example Mesh
10.0.0.6  mesh.lab.example
10.0.0.5  mesh.lab.example
not-an-address mesh.lab.example
`;
  test.each([
    ['localhost', [v6('::1'), v4('127.0.0.1')]],
    ['MESH.lab.example', [v4('10.0.0.5'), v4('10.0.0.6')]],
    ['mesh', [v4('10.0.0.5')]],
    ['lab.example', []],
    ['loopback', []],
  ])('resolve: %s', (host, addresses) => {
    expect(addressesOf(host, hosts)).toEqual(addresses);
  });
});

describe('nsswitch.conf(5)', () => {
  test.each([
    ['', true],
    ['passwd: files\n', true],
    ['hosts: files dns\n', true],
    ['hosts:\t\tfiles mdns4_minimal [NOTFOUND=return] dns # comment\n', true],
    ['hosts: dns files\n', false],
    ['hosts: resolve [!UNAVAIL=return] files\n', false],
  ])('resolve: %j lets the hosts file decide: %s', (text, first) => {
    expect(filesComeFirst(text)).toBe(first);
  });
});

describe('the two families', () => {
  const silent = new Promise<never>(() => {});
  const asking = (four: Promise<{ address: string; family: number }[]>, six: typeof four) =>
    eitherFamily((family) => (family === 4 ? four : six));
  const found = (each: { address: string; family: number }) => Promise.resolve([each]);
  const failed = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));

  test('resolve: IPv6 goes before IPv4', async () => {
    expect(await asking(found(v4('10.0.0.1')), found(v6('::1')))).toEqual([v6('::1'), v4('10.0.0.1')]);
  });

  test('resolve: a silent family does not hold up the other', async () => {
    expect(await asking(found(v4('10.0.0.1')), silent)).toEqual([v4('10.0.0.1')]);
    expect(await asking(silent, found(v6('::1')))).toEqual([v6('::1')]);
  });

  test('resolve: nor does a family that fails', async () => {
    expect(await asking(failed('EAI_AGAIN'), found(v6('::1')))).toEqual([v6('::1')]);
    expect(await asking(found(v4('10.0.0.1')), failed('ENOTFOUND'))).toEqual([v4('10.0.0.1')]);
  });

  test('resolve: if both fail, the error is IPv4’s', async () => {
    await expect(asking(failed('ENOTFOUND'), failed('EAI_AGAIN'))).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });
});

describe('lookups', () => {
  test('resolve: simultaneous requests for one name share a lookup, whatever its case, and later ones ask again', async () => {
    let asked = 0;
    const lookups = new Lookups(async (_, family) => {
      if (family === 4) asked += 1;
      return family === 4 ? [v4('10.0.0.1')] : [];
    });
    await Promise.all(['mesh.example', 'MESH.example', 'mesh.example'].map((host) => lookups.addresses(host, never)));
    expect(asked).toBe(1);
    await lookups.addresses('mesh.example', never);
    expect(asked).toBe(2);
  });

  test('resolve: a lookup that nothing waits for any more is not shared', async () => {
    let asked = 0;
    const lookups = new Lookups(() => {
      asked += 1;
      return new Promise(() => {});
    });
    const leave = new AbortController();
    const waiting = lookups.addresses('mesh.example', leave.signal);
    leave.abort(new Error('out of time'));
    await expect(waiting).rejects.toThrow('out of time');
    lookups.addresses('mesh.example', AbortSignal.timeout(10)).catch(() => {});
    expect(asked).toBe(4);
  });

  test('resolve: the system is asked in a separate process, which answers and fails as getaddrinfo does', async () => {
    const lookups = new Lookups();
    expect((await lookups.addresses('localhost', never)).map(({ address }) => address)).toContain('127.0.0.1');
    // A label of 64 characters is not a DNS name, so no resolver is asked.
    await expect(lookups.addresses(`${'x'.repeat(64)}.invalid`, never)).rejects.toMatchObject({
      code: expect.stringMatching(/^(ENOTFOUND|EAI_)/),
    });
  });
});
