/** `inspect --connect`: the chain that a server presents. Nothing is sent to it but TLS. */
import { thresholds } from '../../inspect/index.ts';
import { presentedChain } from '../../mesh/index.ts';
import { type ServerInspected, serverHeadline, serverReport, serverStatus, serverText } from '../../report/index.ts';
import { escapedLines, joined, jsonText, literal, say } from '../../text/index.ts';
import { pemOf } from '../../x509/index.ts';
import { type CommandIo, type ExitCode, exitCode, UsageError } from '../command.ts';
import type { InspectOptions } from '../options.ts';
import { oneLine } from './quiet.ts';
import { trustedBy } from './trusted.ts';

export async function inspectServer(address: string, options: InspectOptions, io: CommandIo): Promise<ExitCode> {
  const { host, port } = hostAndPort(address);
  const trusted = await trustedBy(options.caBundle);
  const seen = await presentedChain({ host, port, trusted }, { now: io.now, env: io.env });
  return showServer({ address, seen, thresholds }, options, io);
}

/** Prints what was seen, in the format that was asked for. */
export function showServer(inspected: ServerInspected, { format, quiet }: InspectOptions, io: CommandIo): ExitCode {
  const { serverCertificates } = inspected.seen;
  const status = serverStatus(inspected);
  const verdict = () => oneLine(serverHeadline(inspected, io));
  if (quiet) io.stdout(status === 'ok' ? literal('') : verdict());
  else if (format === 'json') io.stdout(joined([jsonText(serverReport(inspected, io.now()), 2), literal('\n')]));
  else if (format !== 'pem') io.stdout(serverText(inspected, io));
  else {
    if (serverCertificates.length === 0) io.stderr(verdict());
    io.stdout(escapedLines(pemOf(serverCertificates)));
  }
  return exitCode[status];
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
