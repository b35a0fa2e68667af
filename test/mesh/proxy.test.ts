import { getProxyForUrl } from 'proxy-from-env';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ProxyConfigurationError, proxyFor } from '../../src/mesh/network/proxy.ts';

const mesh = new URL('https://msg.intspineservices.nhs.uk');
const shown = (proxy: ReturnType<typeof proxyFor>) => proxy && `${proxy.host}:${proxy.port}`;

afterEach(() => vi.unstubAllEnvs());

describe('which proxy', () => {
  test.each([
    [{}, undefined],
    [{ HTTPS_PROXY: 'http://p:3128' }, 'p:3128'],
    [{ https_proxy: 'http://p:3128' }, 'p:3128'],
    [{ https_proxy: 'http://small:1', HTTPS_PROXY: 'http://large:2' }, 'small:1'],
    [{ ALL_PROXY: 'http://p:3128' }, 'p:3128'],
    [{ HTTP_PROXY: 'http://p:3128' }, undefined],
    [{ HTTPS_PROXY: '' }, undefined],
    [{ HTTPS_PROXY: 'http://p:3128', NO_PROXY: '*' }, undefined],
    [{ HTTPS_PROXY: 'http://p:3128', NO_PROXY: 'other.example' }, 'p:3128'],
    [{ HTTPS_PROXY: 'http://p:3128', NO_PROXY: 'msg.intspineservices.nhs.uk' }, undefined],
    [{ HTTPS_PROXY: 'http://p:3128', NO_PROXY: 'msg.intspineservices.nhs.uk:443' }, undefined],
    [{ HTTPS_PROXY: 'http://p:3128', NO_PROXY: 'msg.intspineservices.nhs.uk:8443' }, 'p:3128'],
    [{ HTTPS_PROXY: 'http://p:3128', NO_PROXY: '.nhs.uk' }, undefined],
    [{ HTTPS_PROXY: 'http://p:3128', NO_PROXY: '*.nhs.uk' }, undefined],
    [{ HTTPS_PROXY: 'http://p:3128', NO_PROXY: 'localhost, .nhs.uk other' }, undefined],
    [{ HTTPS_PROXY: 'http://p:3128', NO_PROXY: '.shs.uk' }, 'p:3128'],
  ])('proxy: %j leads through %s, and proxy-from-env agrees', (env, expected) => {
    expect(shown(proxyFor(mesh, undefined, env))).toBe(expected);
    for (const name of ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy', 'NO_PROXY', 'no_proxy']) {
      vi.stubEnv(name, (env as Record<string, string>)[name]);
    }
    expect(getProxyForUrl(mesh.href).replace('http://', '') || undefined).toBe(expected);
  });

  // proxy-from-env would use the proxy here. In curl, Go and Python a bare name also covers everything below it.
  test.each(['nhs.uk', 'NHS.UK', 'intspineservices.nhs.uk:443'])(
    'proxy: NO_PROXY=%s means what is below it too',
    (NO_PROXY) => {
      expect(proxyFor(mesh, undefined, { HTTPS_PROXY: 'http://p:3128', NO_PROXY })).toBeUndefined();
    },
  );

  test('proxy: a name that merely has the same ending is not covered', () => {
    expect(shown(proxyFor(mesh, undefined, { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'spineservices.nhs.uk' }))).toBe(
      'p:1',
    );
  });

  test.each(['[::1]', '::1', '[::1]:8700'])('proxy: NO_PROXY=%s excludes a literal IPv6 address', (NO_PROXY) => {
    expect(proxyFor(new URL('https://[::1]:8700'), undefined, { HTTPS_PROXY: 'p:1', NO_PROXY })).toBeUndefined();
  });

  test.each([
    ['10.0.0.0/8', '10.20.30.40', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.20.30.40/32', '10.20.30.40', true],
    ['0.0.0.0/0', '192.0.2.1', true],
    ['2001:db8::/32', '[2001:db8:1::5]', true],
    ['[2001:db8::]/32', '[2001:db8:1::5]', true],
    ['2001:db8::/32', '[2001:db9::5]', false],
    ['10.0.0.0/8', '[::ffff:a00:1]', false],
    ['10.0.0.0/99', '10.0.0.1', false],
    ['nonsense/8', '10.0.0.1', false],
    // As in curl and Go, a name is not looked up to match it with a network.
    ['10.0.0.0/8', 'mesh.example', false],
  ])('proxy: NO_PROXY=%s excludes %s: %s', (NO_PROXY, host, excluded) => {
    const env = { HTTPS_PROXY: 'http://p:3128', NO_PROXY: `other.example, ${NO_PROXY}` };
    expect(proxyFor(new URL(`https://${host}`), undefined, env) === undefined).toBe(excluded);
  });

  test.each([
    [{ ALL_PROXY: 'http://p:1' }, 'ALL_PROXY'],
    [{ all_proxy: 'http://p:1' }, 'all_proxy'],
    [{ HTTPS_PROXY: 'http://p:1', ALL_PROXY: 'http://q:1' }, 'HTTPS_PROXY'],
    [{ https_proxy: 'http://p:1', HTTPS_PROXY: 'http://q:1' }, 'https_proxy'],
  ])('proxy: of %j it is known that %s is where to change it', (env, source) => {
    expect(proxyFor(mesh, undefined, env)?.source).toBe(source);
    const bad = Object.fromEntries(Object.keys(env).map((name) => [name, 'socks5://user:hunter2@p']));
    expect(() => proxyFor(mesh, undefined, bad)).toThrow(`${source} is not an http:// URL`);
  });

  test('proxy: the configured one names mesh.proxy as its source', () => {
    expect(proxyFor(mesh, 'http://mine:8080', {})?.source).toBe('mesh.proxy');
    expect(() => proxyFor(mesh, 'socks5://mine', {})).toThrow('mesh.proxy is not an http:// URL');
  });

  test('proxy: the configured one takes precedence over the environment, including NO_PROXY', () => {
    const env = { HTTPS_PROXY: 'http://other:1', NO_PROXY: '*' };
    expect(shown(proxyFor(mesh, 'http://mine:8080', env))).toBe('mine:8080');
  });

  test.each([
    ['proxy.nhs.uk:3128', 'proxy.nhs.uk:3128'],
    ['http://proxy.nhs.uk', 'proxy.nhs.uk:80'],
    ['http://[::1]:3128', '::1:3128'],
  ])('proxy: %s is %s', (text, expected) => {
    expect(shown(proxyFor(mesh, text, {}))).toBe(expected);
  });
});

test('proxy: user and password become basic authentication that does not print itself', () => {
  const proxy = proxyFor(mesh, 'http://us%40er:p%3Ass@p:3128', {});
  expect(proxy?.authorization?.reveal()).toBe(`Basic ${Buffer.from('us@er:p:ss').toString('base64')}`);
  expect(JSON.stringify(proxy)).not.toContain('p:ss');
});

test.each([
  'https://user:hunter2@p',
  'socks5://user:hunter2@p',
  'http://user:hunter2@',
  'http://user:hunter2@p:99999',
  'http://user:hunter2%@p',
])('proxy: %s is no proxy we can use, and the error does not quote it', (text) => {
  expect(() => proxyFor(mesh, text, {})).toThrow(ProxyConfigurationError);
  expect(() => proxyFor(mesh, text, {})).not.toThrow(/hunter2/);
});
