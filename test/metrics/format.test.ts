import { describe, expect, test } from 'vitest';
import { familyText, labelValue, maxLabelLength, negotiate, withoutHead } from '../../src/metrics/format.ts';
import { say } from '../../src/text/index.ts';

describe('content negotiation', () => {
  test.each([
    ['nothing', undefined, 'prometheus'],
    ['anything', '*/*', 'prometheus'],
    ['a browser', 'text/html,application/xhtml+xml,*/*;q=0.8', 'prometheus'],
    ['text alone', 'text/plain;version=0.0.4', 'prometheus'],
    ['OpenMetrics alone', 'application/openmetrics-text', 'openmetrics'],
    [
      'Prometheus 2.42',
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      'openmetrics',
    ],
    [
      'Prometheus 3',
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
      'openmetrics',
    ],
    ['an OpenMetrics draft that we do not speak', 'application/openmetrics-text;version=0.0.1', 'prometheus'],
    ['text rather than OpenMetrics', 'text/plain, application/openmetrics-text;version=1.0.0;q=0.5', 'prometheus'],
    ['OpenMetrics refused', 'application/openmetrics-text;q=0', 'prometheus'],
    ['nonsense', ';;,q=x', 'prometheus'],
  ])('%s', (_, accept, format) => {
    expect(negotiate(accept)).toBe(format);
  });
});

describe('label values', () => {
  test('256 characters stay as they are; one more is cut, and shows it', () => {
    const whole = 'x'.repeat(maxLabelLength);
    expect(labelValue(whole)).toBe(whole);
    expect(labelValue(`${whole}y`)).toBe(`${'x'.repeat(maxLabelLength - 1)}…`);
  });

  test('a cut never leaves half a character', () => {
    const long = labelValue(`${'x'.repeat(maxLabelLength - 2)}😀😀`);
    expect(long).toBe(`${'x'.repeat(maxLabelLength - 2)}…`);
    expect(long.isWellFormed()).toBe(true);
  });

  test('half a character in a name is escaped, because UTF-8 cannot carry it', () => {
    expect(labelValue('a\ud800b')).toBe('a\\u{d800}b');
  });

  test('backslash, quote and line end are escaped', async () => {
    const labels = { mesh_environment: say`a\\b"c\nd` };
    const text = await familyText('nhs_mesh_credential_valid', [{ labels, value: 1 }], 'prometheus');
    expect(withoutHead(text)).toBe('nhs_mesh_credential_valid{mesh_environment="a\\\\b\\"c\\nd"} 1\n');
  });
});

test('a number that is none is a bug, and never a sample', async () => {
  const text = (value: number) => familyText('nhs_mesh_clock_skew_seconds', [{ labels: {}, value }], 'prometheus');
  expect(withoutHead(await text(-0.5))).toBe('nhs_mesh_clock_skew_seconds -0.5\n');
  await expect(text(Number.NaN)).rejects.toThrow(RangeError);
  await expect(text(Number.POSITIVE_INFINITY)).rejects.toThrow(RangeError);
});
