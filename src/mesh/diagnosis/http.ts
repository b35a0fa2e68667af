/** An answer that is not HTTP, or not as HTTP wants it: what the parser stumbled over, said for what it is. */
import { headerLimitBytes } from '../http/request.ts';
import type { Failure } from './circumstances.ts';

// llhttp's names.
const sentences: Readonly<Record<string, string>> = {
  HPE_INVALID_CONSTANT: 'what answers inside TLS does not speak HTTP/1.1',
  HPE_INVALID_VERSION: 'what answers inside TLS does not speak HTTP/1.1',
  HPE_CR_EXPECTED: 'the answer ends its header lines with LF alone, where HTTP/1.1 wants CR and LF',
  HPE_LF_EXPECTED: 'the answer ends its header lines with CR alone, where HTTP/1.1 wants CR and LF',
  HPE_HEADER_OVERFLOW: `the headers of the answer are longer than ${headerLimitBytes / 1024} kB`,
  HPE_CLOSED_CONNECTION: 'the answer goes on beyond the length it had given',
  HPE_INVALID_CHUNK_SIZE: 'the answer says that it comes in chunks, and does not',
  HPE_INVALID_TRANSFER_ENCODING: 'the answer gives its length in two ways that exclude each other',
  HPE_UNEXPECTED_CONTENT_LENGTH: 'the answer gives its length twice, differently',
  HPE_INVALID_CONTENT_LENGTH: 'the answer gives a length that is no number',
  HPE_INVALID_HEADER_TOKEN: 'a header of the answer has a character that HTTP does not allow',
  HPE_INVALID_STATUS: 'the answer has no status that HTTP knows',
};

/** @param status - 0 before the answer's head was read. */
export function ofHttp(code: string, status: number): Failure {
  // After a whole answer the parser expects the next one.
  const beyond = status !== 0 && code === 'HPE_INVALID_CONSTANT' ? 'HPE_CLOSED_CONNECTION' : code;
  const what = sentences[beyond] ?? 'the answer is not HTTP';
  return { reason: 'unexpected_response', detail: `${status === 0 ? '' : `HTTP ${status}: `}${what} (${code})` };
}
