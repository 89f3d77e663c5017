import assert from 'node:assert/strict';
import { bytePath, toDisplay } from '../../../src/base/bytePath.ts';
import { bulkForms } from '../../support/bulkForms.ts';
import { runStatus, type StatusOptions, type StatusResult } from '../../../src/status/status.ts';
import { VerdictCache } from '../../../src/status/contentComparison.ts';
import { newWorkCounters, type WorkCounters, type StatusInput } from '../../../src/status/types.ts';
import { STATUS_LETTERS } from '../../../src/server/statusLetters.ts';

/** The forms of a scan by several threads that there are here; each status of everything is made with each of them, too. */
const FORMS = bulkForms();

export interface StatusRun extends StatusResult {
  /** As `hg status` writes it, ordered; an ignored directory has a slash at its end, a copy its source behind '<-'. */
  readonly lines: readonly string[];
}

/**
 * A status of everything, clean files included and ignored ones not, unless `options` say otherwise. If everything is asked
 * for, scans by several threads are made to compare with; they say nothing of clean files.
 */
export async function statusOf(
  input: StatusInput,
  options: Partial<Omit<StatusOptions, 'paths'>> & {
    readonly paths?: readonly string[];
    /** False: no other form of the scan is compared, because the test counts what is asked of it. */
    readonly forms?: boolean;
  } = {},
): Promise<StatusRun> {
  const { paths, forms = true, ...others } = options;
  if (
    forms &&
    paths === undefined &&
    others.pause === undefined &&
    others.ignored !== 'all' &&
    others.bulk === undefined
  )
    await compareForms(input, others);
  const result = await runStatus(input, { ignored: 'none', clean: true, ...others, paths: paths?.map(bytePath) });
  return { ...result, lines: linesOf(result) };
}

async function compareForms(input: StatusInput, options: Partial<Omit<StatusOptions, 'paths'>>): Promise<void> {
  const run = (bulk: StatusOptions['bulk']): Promise<StatusResult> =>
    runStatus(input, { ignored: 'none', ...options, clean: false, verdicts: new VerdictCache(), bulk });
  let expected: StatusResult;
  try {
    expected = await run(undefined);
  } catch {
    // What a test expects of the ordinary form, it asserts of that.
    return;
  }
  for (const { name, scanners } of FORMS) {
    for (const unitNodes of [1, 5, 1000]) {
      const failures: unknown[] = [];
      const found = await run({ scanners, minimumNodes: 0, unitNodes, onFailure: error => failures.push(error) });
      const message = `${name}, ${unitNodes} names in a unit`;
      assert.deepEqual(failures, [], message);
      assert.deepEqual(linesOf(found), linesOf(expected), message);
      assert.deepEqual([...found.nestedRepositories].sort(), [...expected.nestedRepositories].sort(), message);
      assert.deepEqual(byPath(found.unreadable), byPath(expected.unreadable), message);
    }
  }
}

function byPath(items: StatusResult['unreadable']): string[] {
  return items.map(({ path, code }) => `${path} ${code}`).sort();
}

function linesOf(result: StatusResult): string[] {
  return [
    ...result.entries.map(
      ({ path, status, source }) =>
        `${STATUS_LETTERS[status]} ${toDisplay(path)}${source === undefined ? '' : ` <- ${toDisplay(source)}`}`,
    ),
    ...result.ignoredDirectories.map(path => `I ${toDisplay(path)}/`),
  ].sort();
}

/** An outcome of nothing but what is given. */
export function outcomeOf(counts: Partial<WorkCounters>): WorkCounters {
  return { ...newWorkCounters(), ...counts };
}
