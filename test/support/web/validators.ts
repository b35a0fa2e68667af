/** Two other implementations of RFC 5545, in Python. `.ci/run` installs them. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const here = import.meta.dirname;
const root = join(here, '..', '..', '..');

/** The GObject binding of libical is a package of the system (gir1.2-ical-3.0, python3-gi), so its Python is the system's. */
const libicalPython = '/usr/bin/python3';
const icalPython = process.env.ICAL_PYTHON ?? join(root, '.tools', 'ical', 'bin', 'python');

const run = (python: string, args: readonly string[], input = '') =>
  spawnSync(python, args, { input, encoding: 'utf8', timeout: 60_000 });

function available(python: string, statement: string, what: string): boolean {
  if (run(python, ['-c', statement]).status === 0) return true;
  if (process.env.CI === 'true') throw new Error(`${what} is not installed, and CI needs it`);
  process.stderr.write(`skipped: tests that need ${what}, which is not installed\n`);
  return false;
}

export const hasLibical = (): boolean =>
  available(
    libicalPython,
    'import gi; gi.require_version("ICalGLib", "3.0"); from gi.repository import ICalGLib',
    'libical (apt: gir1.2-ical-3.0 python3-gi)',
  );
export const hasIcalPackage = (): boolean => available(icalPython, 'import ical', 'ical (pip, in .tools/ical)');

function said(python: string, script: string, text: string): string {
  const { status, stderr, stdout } = run(python, [join(here, script)], text);
  if (status !== 0) throw new Error(`${script}: ${stderr}`);
  return stdout;
}

/** Empty if libical has nothing to object. */
export const libicalErrors = (text: string): string => said(libicalPython, 'libical.py', text);
/** `3 events`, or why it is not valid. */
export const icalPackageReads = (text: string): string => said(icalPython, 'ical-package.py', text);
