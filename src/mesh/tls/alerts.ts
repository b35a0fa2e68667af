/** TLS alerts by name. */

// RFC 8446 §6, RFC 5246 §7.2: the alerts that a server sends a client, by number.
const names: Readonly<Record<number, string>> = {
  0: 'close_notify',
  10: 'unexpected_message',
  20: 'bad_record_mac',
  22: 'record_overflow',
  40: 'handshake_failure',
  41: 'no_certificate',
  42: 'bad_certificate',
  43: 'unsupported_certificate',
  44: 'certificate_revoked',
  45: 'certificate_expired',
  46: 'certificate_unknown',
  47: 'illegal_parameter',
  48: 'unknown_ca',
  49: 'access_denied',
  50: 'decode_error',
  51: 'decrypt_error',
  70: 'protocol_version',
  71: 'insufficient_security',
  80: 'internal_error',
  86: 'inappropriate_fallback',
  90: 'user_canceled',
  109: 'missing_extension',
  110: 'unsupported_extension',
  112: 'unrecognized_name',
  116: 'certificate_required',
  120: 'no_application_protocol',
};
const known = new Set(Object.values(names));

/**
 * The alert that an OpenSSL error reports, by its name in RFC 8446: from Node's code if there is one
 * (`ERR_SSL_TLSV1_ALERT_UNKNOWN_CA`), otherwise from the text, which is all that `EPROTO` has.
 */
export function alertOf(error: { readonly code?: unknown; readonly message?: string }): string | undefined {
  const coded = /^ERR_SSL_(?:SSLV3|TLSV1|TLSV13|SSL\/TLS)_ALERT_([A-Z_]+)$/
    .exec(String(error.code))?.[1]
    ?.toLowerCase();
  if (coded !== undefined && known.has(coded)) return coded;
  const number = /SSL alert number (\d{1,3})/.exec(error.message ?? '')?.[1];
  return number === undefined ? undefined : (names[Number(number)] ?? `alert ${number}`);
}
