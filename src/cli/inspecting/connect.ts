/** `inspect --connect`: the chain that a server presents. Nothing is sent to it but TLS. */

import { readCertificates } from '../../credential/index.ts';
import { readRegularFile } from '../../files/index.ts';
import { thresholds } from '../../inspect/index.ts';
import { limits } from '../../limits/index.ts';
import { presentedChain } from '../../mesh/index.ts';
import { serverHeadline, serverReport, serverStatus, serverText } from '../../report/index.ts';
import { escapedLines, joined, jsonText, literal, type SafeText, say } from '../../text/index.ts';
import { type Certificate, parseCertificate, readPem, toPem } from '../../x509/index.ts';
import { type CommandIo, type ExitCode, exitCode, UsageError } from '../command.ts';
import type { InspectOptions } from '../options.ts';
import { oneLine } from './quiet.ts';

export async function inspectServer(address: string, options: InspectOptions, io: CommandIo): Promise<ExitCode> {
  const { host, port } = hostAndPort(address);
  const trusted = options.caBundle === undefined ? await nhsCertificates() : await bundleIn(options.caBundle);
  const seen = await presentedChain({ host, port, trusted }, { now: io.now, env: io.env });
  const inspected = { address, seen, thresholds };
  const status = serverStatus(inspected);
  io.stdout(render());
  return exitCode[status];

  function render(): SafeText {
    if (options.quiet) return status === 'ok' ? literal('') : oneLine(serverHeadline(inspected, io));
    if (options.format === 'json') return joined([jsonText(serverReport(inspected, io.now()), 2), literal('\n')]);
    if (options.format !== 'pem') return serverText(inspected, io);
    if (seen.serverCertificates.length === 0) io.stderr(oneLine(serverHeadline(inspected, io)));
    return joined(seen.serverCertificates.map(({ der }) => escapedLines(toPem(der))));
  }
}

/** @throws {UsageError} */
function hostAndPort(address: string): { host: string; port: number } {
  const [, bracketed, plain, digits] =
    /^(?:https:\/\/)?(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?\/?$/i.exec(address) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits ?? 443);
  if (host === undefined || port < 1 || port > 65535)
    throw new UsageError(say`--connect needs HOST:PORT, such as msg.intspineservices.nhs.uk:443`);
  return { host, port };
}

/** MESH's own servers have certificates from these. */
async function nhsCertificates(): Promise<Certificate[]> {
  const { shippedCertificates } = await import('../../bundle/index.ts');
  return shippedCertificates.flatMap(({ pem }) =>
    readPem(pem).flatMap(({ bytes }) => (bytes ? [parseCertificate(bytes)] : [])),
  );
}

/** @throws {UsageError} */
async function bundleIn(path: string): Promise<Certificate[]> {
  const read = await readRegularFile(path, { mostBytes: limits.sourceBytes });
  if ('problem' in read) throw new UsageError(say`${path} ${read.problem.reason}`);
  const { entries, problems } = await readCertificates(read.bytes);
  const certificates = entries.filter((entry) => entry !== undefined);
  if (certificates.length === 0) throw new UsageError(say`${path}: ${problems[0] ?? 'it has no certificate'}`);
  return certificates;
}
