/** What the preset requires to be enclosed with a request, read before anything is sent. */
import { basename, extname } from 'node:path';
import { readSource, type Source, type Variables } from '../../config/index.ts';
import { MonitorError } from '../../errors/index.ts';
import type { Attachment } from '../mail/request-message.ts';

/** A file that must never be sent to anybody is configured as an enclosure. */
export class EnclosureRefusedError extends MonitorError {
  override readonly code = 'ERR_ENCLOSURE_REFUSED';
}

const contentTypes: Readonly<Record<string, string>> = {
  '.pdf': 'application/pdf',
  '.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  '.txt': 'text/plain',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
};
const keyFiles = /\.(key|p12|pfx|jks|keystore|kdbx)$/i;
const keyText = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----|-----BEGIN PGP PRIVATE/;

/**
 * @throws {SourceError} when one cannot be read.
 * @throws {EnclosureRefusedError} when one contains a private key, or has the name of a keystore.
 */
export async function readEnclosures(sources: readonly Source[], env: Variables): Promise<Attachment[]> {
  return Promise.all(
    sources.map(async (source, index) => {
      const filename = source.kind === 'file' ? basename(source.path) : `enclosure-${index + 1}.txt`;
      const content = await readSource(source, env);
      if (keyFiles.test(filename) || keyText.test(content.toString('latin1')))
        throw new EnclosureRefusedError(
          `renewal.enclose[${index}] (${filename}) contains a private key; it is never sent`,
        );
      const contentType = contentTypes[extname(filename).toLowerCase()] ?? 'application/octet-stream';
      return { filename, contentType, content };
    }),
  );
}
