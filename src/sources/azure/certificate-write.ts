/** A new version of a certificate in Key Vault, imported with its key. */
import type { ImportCertificateOptions } from '@azure/keyvault-certificates';
import { type SafeText, say, shellWord } from '../../text/index.ts';
import { azureItem } from '../own-tools.ts';
import { NotWritableError, type Put, type StoreWriter, throughFile } from '../store/writer.ts';
import { connect, connectToCertificates, pkcs12 } from './key-vault.ts';
import {
  type AzureSource,
  assertFits,
  committed,
  currentVersion,
  isStillThere,
  type Secret,
  tagOptions,
  vaultCall,
} from './write-calls.ts';

const pem = 'application/x-pem-file';

/** `content`: PKCS#12 without a passphrase, or PEM. */
export const azureCertificateWriter: StoreWriter<'azure_certificate'> = {
  async prepare([{ source, content }]: readonly [Put<AzureSource>, ...Put<AzureSource>[]]) {
    assertFits(content);
    const certificates = await open(source);
    const before = await certificates.get();
    let isTried = false;
    let made: string | undefined;
    return {
      async commit() {
        isTried = true;
        made = await certificates.import(content, before?.tags);
        return committed(made, before, (to) => goBack(source, to));
      },
      async undo() {
        if (!isTried) return;
        const now = await certificates.get();
        if (now === undefined || now.version === before?.version) return;
        // Key Vault writes PKCS#12 anew, so the value does not tell whose version it is.
        if (now.version !== made) throw new NotWritableError(mayBeOthers(before));
        if (!before) throw new NotWritableError(isStillThere('certificate', source));
        await certificates.import(bytesOf(before), before.tags);
      },
    };
  },
};

const mayBeOthers = (before: Secret | undefined): SafeText =>
  before?.version === undefined
    ? say`has a version now, and it is not known whether that is the new certificate`
    : say`has a new version, and it is not known whether that is the new certificate; the previous one is ${before.version}`;

const bytesOf = ({ value, contentType }: Secret): Buffer =>
  Buffer.from(value, contentType === pkcs12 ? 'base64' : 'utf8');

/** Key Vault has no call that makes an earlier version the current one again. */
function goBack(source: AzureSource, { version = '', contentType, tags }: Secret): SafeText {
  const at = azureItem(source);
  const encoding = contentType === pkcs12 ? say` --encoding base64` : say``;
  // The tool writes to no file that is there already.
  const get = say`rm "$f" && az keyvault secret download ${at} --version ${shellWord(version)} --file "$f"${encoding}`;
  return throughFile(say`${get} && az keyvault certificate import ${at} --file "$f"${tagOptions(tags)} --output none`);
}

async function open(source: AzureSource) {
  const { name, vault, store } = source;
  const [secrets, client] = [await connect(vault, store), await connectToCertificates(vault, store)];
  return {
    get: () => currentVersion(secrets, name),
    async import(content: Buffer, tags: Secret['tags']): Promise<string | undefined> {
      const contentType = content[0] === 0x30 ? pkcs12 : pem;
      const action = `certificates/import/action on the certificate ${name}`;
      const made = await vaultCall('ImportCertificate', action, async (abortSignal) => {
        const options = { ...optionsFor(contentType), ...(tags === undefined ? {} : { tags }), abortSignal };
        return await client.importCertificate(name, content, options).catch(unlessInTheWay(source));
      });
      return made?.properties.version;
    },
  };
}

/** As `az` imports: the rest of the policy is made from the certificate. The application has to be able to read the key. */
function optionsFor(contentType: typeof pkcs12 | typeof pem): ImportCertificateOptions {
  const policy = { contentType, exportable: true };
  // The SDK only looks at the policy's content type, and sends the policy by this other name.
  const sent = { secretProperties: { contentType }, keyProperties: { exportable: true } };
  return { policy, preserveCertificateOrder: true, certificatePolicy: sent } as ImportCertificateOptions;
}

const unlessInTheWay = (source: AzureSource) => (error: unknown) => {
  if ((error as { statusCode?: number }).statusCode !== 409) throw error;
  const at = azureItem(source);
  throw new NotWritableError(
    `cannot be imported (Conflict, HTTP 409): a request that was made in the vault is pending (az keyvault certificate pending show ${at}), or a deleted certificate has the name (az keyvault certificate show-deleted ${at})`,
  );
};
