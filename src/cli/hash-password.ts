import { say } from '../text/index.ts';
import { hashPassword } from '../web/index.ts';
import { type CommandIo, type ExitCode, exitCode, UsageError } from './command.ts';

/** Prints what `http.basic_auth.password_hash` wants. The password comes from the terminal or from standard input. */
export async function run(io: CommandIo): Promise<ExitCode> {
  if (!io.askSecret) throw new UsageError(say`there is no terminal and no standard input to read the password from`);
  const password = await io.askSecret('Password');
  if (password === '') throw new UsageError(say`the password is empty; write it to standard input, or type it`);
  // RFC 7617 §2: neither user name nor password may contain them.
  if (/\p{Cc}/u.test(password))
    throw new UsageError(say`the password has a line end or another control character in it`);
  io.stdout(say`${await hashPassword(password)}\n`);
  return exitCode.ok;
}
