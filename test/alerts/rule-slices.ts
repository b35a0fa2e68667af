/**
 * promtool evaluates every rule at every minute of every unit test: 28 alerts where one is asked about. So each alert's tests are
 * run with that alert alone, and the recording rules that it reads.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
}
interface Rules {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}
interface UnitTest {
  readonly name: string;
  readonly promql_expr_test: readonly { readonly expr: string }[];
}
interface UnitTests {
  readonly rule_files: readonly string[];
  readonly tests: readonly UnitTest[];
}

/**
 * Writes one file of unit tests for each alert into the folder, with its rules beside it.
 * @returns the files; together they hold every one of the tests.
 * @throws Error on a test that asks about several alerts, on a test of an alert that the rules do not have, and on a rule that
 * reads another alert's state.
 */
export function sliceByAlert(rulesFile: string, testsFile: string, folder: string): string[] {
  const { groups }: Rules = parse(readFileSync(rulesFile, 'utf8'));
  const whole: UnitTests = parse(readFileSync(testsFile, 'utf8'));
  const all = groups.flatMap(({ rules }) => rules);
  if (all.some(({ expr }) => /\bALERTS/.test(expr))) throw new Error('a rule reads the state of an alert');
  const byAlert = Map.groupBy(whole.tests, alertOf);
  return [...byAlert].map(([alert, tests]) => {
    if (!all.some((rule) => rule.alert === alert)) throw new Error(`there is no rule for ${alert}`);
    const needed = withWhatTheyRead(new Set(all.filter((rule) => rule.alert === alert)), all);
    const slice = groups.map(({ rules, ...group }) => ({ ...group, rules: rules.filter((rule) => needed.has(rule)) }));
    writeFileSync(join(folder, `${alert}.yaml`), stringify({ groups: slice.filter(({ rules }) => rules.length > 0) }));
    const file = join(folder, `${alert}.test.yaml`);
    writeFileSync(file, stringify({ ...whole, rule_files: [`${alert}.yaml`], tests }));
    return file;
  });
}

/** And the recording rules that are named anywhere in them: in an expression, or in a text with a query of its own. */
function withWhatTheyRead(rules: ReadonlySet<Rule>, all: readonly Rule[]): ReadonlySet<Rule> {
  const text = JSON.stringify([...rules]);
  const more = new Set([...rules, ...all.filter(({ record }) => record !== undefined && text.includes(record))]);
  return more.size === rules.size ? rules : withWhatTheyRead(more, all);
}

function alertOf({ name, promql_expr_test }: UnitTest): string {
  const [alert, ...others] = new Set(promql_expr_test.map(({ expr }) => /^ALERTS\{alertname="(\w+)",/.exec(expr)?.[1]));
  if (alert === undefined || others.length > 0) throw new Error(`not about one alert: ${name}`);
  return alert;
}
