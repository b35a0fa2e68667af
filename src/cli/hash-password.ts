import { say } from '../text/index.ts';
import { hashPassword } from '../web/index.ts';
import { type CommandIo, type ExitCode, exitCode, UsageError } from './command.ts';

/** Prints the value for `http.basic_auth.password_hash`. */
export async function run(io: CommandIo): Promise<ExitCode> {
  if (!io.askSecret) throw new UsageError(say`there is no terminal and no standard input to read the password from`);
  const password = await io.askSecret('Password');
  if (password === '') throw new UsageError(say`the password is empty`);
  // RFC 7617 §2: neither user name nor password may contain them.
  if (/\p{Cc}/u.test(password))
    throw new UsageError(say`the password contains a line break or another control character`);
  io.stdout(say`${await hashPassword(password)}\n`);
  return exitCode.ok;
}
