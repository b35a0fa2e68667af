import { describe, expect, test } from 'vitest';
import type { Configuration, ResolvedEnvironment } from '../../src/config/types.ts';
import { confined } from '../../src/demo/confine.ts';
import { sampleConfiguration, sampleEnvironment } from '../support/configuration.ts';
import { inline } from '../support/sources.ts';

const contact = { name: 'Team', email: 'team@example.org', telephone: '0113 496 0000' };
const catcher = { host: '127.0.0.1', port: 2525, tls: 'none' } as const;
const base = sampleEnvironment();
const kept: ResolvedEnvironment = {
  ...base,
  contact,
  mesh: { ...base.mesh, url: 'https://localhost:8443' },
  renewal: { ...base.renewal, desk: ['certificate-desk@example.org'] },
};

function configured(environment: Partial<ResolvedEnvironment> = {}, more: Partial<Configuration> = {}): Configuration {
  const email = { from: 'monitor@example.org', smtp: catcher };
  return sampleConfiguration([{ ...kept, ...environment }], { contact, email, ...more });
}

const problemsOf = (configuration: Configuration): string[] => {
  try {
    confined(configuration, catcher.port);
    return [];
  } catch (error) {
    return (error as { problems: { path: string }[] }).problems.map(({ path }) => path);
  }
};

describe('demo: nothing leaves this machine', () => {
  test('its own configuration is taken, with or without a mail server', () => {
    expect(problemsOf(configured())).toEqual([]);
    expect(problemsOf(configured({}, { email: { from: 'monitor@example.org' } }))).toEqual([]);
  });

  const leaving: [string, Configuration, string][] = [
    [
      'a mail server elsewhere',
      configured({}, { email: { from: 'm@example.org', smtp: { ...catcher, host: 'mail.example.org' } } }),
      'email.smtp',
    ],
    [
      'another mail server on this machine, which may forward',
      configured({}, { email: { from: 'm@example.org', smtp: { ...catcher, port: 25 } } }),
      'email.smtp',
    ],
    [
      'the address of a real desk',
      configured({ renewal: { ...kept.renewal, desk: ['a@example.org', 'itoc.supportdesk@nhs.net'] } }),
      'environments[0].renewal.desk[1]',
    ],
    [
      'an address that only ends like a reserved one',
      configured({ renewal: { ...kept.renewal, desk: ['desk@notexample.org'] } }),
      'environments[0].renewal.desk[0]',
    ],
    [
      'a real contact',
      configured({ contact: { ...contact, email: 'someone@nhs.net' } }),
      'environments[0].contact.email',
    ],
    [
      'MESH itself',
      configured({ mesh: { ...kept.mesh, url: 'https://msg.intspineservices.nhs.uk' } }),
      'environments[0].mesh.url',
    ],
    [
      'a proxy elsewhere',
      configured({ mesh: { ...kept.mesh, proxy: 'http://proxy.example.nhs.uk:3128' } }),
      'environments[0].mesh.proxy',
    ],
    [
      'a webhook elsewhere',
      configured({}, { notify: { expiryDays: [], webhook: { url: inline('https://example.org/x'), format: 'json' } } }),
      'notify.webhook.url',
    ],
    ['a page for the network', configured({}, { http: { host: '0.0.0.0', port: 0 } }), 'http.listen'],
  ];
  test.each(leaving)('%s is refused', (_, configuration, place) => {
    expect(problemsOf(configuration)).toEqual([place]);
  });
});
