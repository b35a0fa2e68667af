/** An answer that is not HTTP, or breaks its rules: the parser's code in plain words. */
import { headerLimitBytes } from '../http/request.ts';
import type { Failure } from './circumstances.ts';

// llhttp's names.
const sentences: Readonly<Record<string, string>> = {
  HPE_INVALID_CONSTANT: 'what answered inside TLS does not speak HTTP/1.1',
  HPE_INVALID_VERSION: 'what answered inside TLS does not speak HTTP/1.1',
  HPE_CR_EXPECTED: 'the answer ends its header lines with LF alone, but HTTP/1.1 requires CR and LF',
  HPE_LF_EXPECTED: 'the answer ends its header lines with CR alone, but HTTP/1.1 requires CR and LF',
  HPE_HEADER_OVERFLOW: `the headers of the answer are longer than ${headerLimitBytes / 1024} kB`,
  HPE_CLOSED_CONNECTION: 'the answer continues beyond the length that it stated',
  HPE_INVALID_CHUNK_SIZE: 'the answer claims to come in chunks, and does not',
  HPE_INVALID_TRANSFER_ENCODING: 'the answer states its length in two ways that exclude each other',
  HPE_UNEXPECTED_CONTENT_LENGTH: 'the answer states two different lengths',
  HPE_INVALID_CONTENT_LENGTH: 'the answer states a length that is not a number',
  HPE_INVALID_HEADER_TOKEN: 'a header of the answer contains a character that HTTP does not allow',
  HPE_INVALID_STATUS: 'the answer has no valid HTTP status',
};

/** @param status - 0 before the head of the answer was read. */
export function ofHttp(code: string, status: number): Failure {
  // After a complete answer the parser expects another.
  const beyond = status !== 0 && code === 'HPE_INVALID_CONSTANT' ? 'HPE_CLOSED_CONNECTION' : code;
  const what = sentences[beyond] ?? 'the answer is not HTTP';
  return { reason: 'unexpected_response', detail: `${status === 0 ? '' : `HTTP ${status}: `}${what} (${code})` };
}
