import { describe, expect, test } from 'vitest';
import type { ResolvedEnvironment } from '../../../src/config/types.ts';
import { chooseCommonName } from '../../../src/renewal/request/common-name.ts';
import { literal } from '../../../src/text/index.ts';
import { certificateFacts, environmentOf, named } from '../../support/renewal/samples.ts';

const environment = environmentOf('integration');
const configured = (commonName: string): ResolvedEnvironment => ({
  ...environment,
  renewal: { ...environment.renewal, commonName },
});
const deployed = (commonName: string) => certificateFacts({ subject: named(commonName) });
const nameless = certificateFacts({ subject: { text: literal('O=nhs'), canonical: 'o=nhs' } });
const apiName = 'x26abc1.x26.api.mesh-client.nhs.uk';

describe('the common name to ask for', () => {
  test.each([
    [
      'is the configured one',
      configured('other.X26.api.mesh-client.nhs.uk'),
      deployed(apiName),
      'other.X26.api.mesh-client.nhs.uk',
    ],
    [
      'is else the deployed one',
      environment,
      deployed('SERVER001.x26.api.mesh-client.nhs.uk'),
      'SERVER001.x26.api.mesh-client.nhs.uk',
    ],
    [
      'keeps the case that is on record',
      environment,
      deployed('X26abc1.X26.API.mesh-client.nhs.uk'),
      'X26abc1.X26.API.mesh-client.nhs.uk',
    ],
    [
      'keeps it even where the configuration writes it otherwise',
      configured(apiName.toUpperCase()),
      deployed(apiName),
      apiName,
    ],
    [
      'keeps another ODS code that has been issued before',
      environment,
      deployed('a.y90.api.mesh-client.nhs.uk'),
      'a.y90.api.mesh-client.nhs.uk',
    ],
    [
      'is made from mailbox and ODS code where the deployed one has another form',
      environment,
      deployed('x26.thirdparty.nhs.uk'),
      'X26ABC1.X26.api.mesh-client.nhs.uk',
    ],
    ['is made where the deployed certificate has none', environment, nameless, 'X26ABC1.X26.api.mesh-client.nhs.uk'],
    ['is made where nothing is deployed', environment, undefined, 'X26ABC1.X26.api.mesh-client.nhs.uk'],
  ])('%s', (_rule, given, certificate, commonName) => {
    expect(chooseCommonName(given, certificate)).toMatchObject({ commonName });
  });

  test('is said to change, and why, exactly where it is not the deployed one', () => {
    const changes = (given: ResolvedEnvironment, certificate = deployed(apiName)) => {
      const choice = chooseCommonName(given, certificate);
      return 'refused' in choice ? choice.refused : choice.changes;
    };
    expect(changes(environment)).toBeUndefined();
    expect(changes(configured(apiName.toUpperCase()))).toBeUndefined();
    expect(changes(configured('other.X26.api.mesh-client.nhs.uk'))).toBe(
      'this is the name that will be used from now on',
    );
    for (const certificate of [deployed('x26.thirdparty.nhs.uk'), nameless])
      expect(changes(environment, certificate)).toMatch(/^a client of the MESH API needs a name of the form/);
  });
});

describe('a common name that the desk would turn down is refused:', () => {
  test.each([
    ['one for the packaged client', configured('x26abc1.x26.thirdparty.nhs.uk'), /packaged MESH client/],
    ['one of another form', configured('mesh.example.org'), /is not in the form/],
    ['one with a label too many', configured('a.b.x26.api.mesh-client.nhs.uk'), /is not in the form/],
    ['one with a trailing dot', configured(`${apiName}.`), /is not in the form/],
    ['one with a line end', configured(`${apiName}\n`), /is not in the form/],
    ['one that is empty', configured(''), /is not in the form/],
    [
      'one with another ODS code than configured',
      configured('x26abc1.y90.api.mesh-client.nhs.uk'),
      /ODS code y90, but the configuration says X26/,
    ],
    [
      'one longer than a certificate holds',
      configured(`${'a'.repeat(38)}.x26.api.mesh-client.nhs.uk`),
      /65 characters long/,
    ],
    [
      'one made from a mailbox that is no host label',
      { ...environment, mesh: { ...environment.mesh, mailboxId: 'X26_ABC' } },
      /mesh\.mailbox_id/,
    ],
  ])('%s', (_what, given, reason) => {
    expect(chooseCommonName(given, undefined)).toEqual({ refused: expect.stringMatching(reason) });
  });

  test('and 64 characters still fit (RFC 5280 ub-common-name)', () => {
    const longest = `${'a'.repeat(37)}.x26.api.mesh-client.nhs.uk`;
    expect(longest).toHaveLength(64);
    expect(chooseCommonName(configured(longest), undefined)).toMatchObject({ commonName: longest });
  });
});

describe('over a certificate that was issued for another environment', () => {
  const integration = {
    issuer: named('NHS INT Authentication G2'),
    authorityKeyIdentifier: '16c74704a860c9e45dab99f294f7c3de3398d422',
  };
  const live = {
    issuer: named('NHS Authentication G2'),
    authorityKeyIdentifier: '94a2507df7c8ea6dd5a50dc169b3cf65f898baa2',
  };
  const production = environmentOf('production');
  const of = (issuer: object, commonName = apiName) => certificateFacts({ subject: named(commonName), ...issuer });

  test.each([
    ['integration’s in production', production, of(integration), /is an integration \(Path to Live\) certificate/],
    ['a live one in integration', environment, of(live), /is a live certificate/],
    ['one whose name would not be taken over', production, of(integration, 'x26.thirdparty.nhs.uk'), /Path to Live/],
  ])('no request is made: %s', (_which, given, certificate, reason) => {
    expect(chooseCommonName(given, certificate)).toEqual({ refused: expect.stringMatching(reason) });
    expect(chooseCommonName(given, certificate)).toEqual({
      refused: expect.stringMatching(
        /Deploy the certificate, private key and CA bundle of this environment\..* set renewal\.common_name\.$/,
      ),
    });
  });

  test('one is made if it is this environment’s own, or a name is configured', () => {
    expect(chooseCommonName(environment, of(integration))).toEqual({ commonName: apiName });
    expect(chooseCommonName(production, of(live))).toEqual({ commonName: apiName });
    const chosen = { ...production, renewal: { ...production.renewal, commonName: apiName } };
    expect(chooseCommonName(chosen, of(integration))).toEqual({ commonName: apiName });
  });
});
