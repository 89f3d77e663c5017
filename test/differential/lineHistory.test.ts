// The history of lines of random repositories is that of Mercurial's `followlines()`. More repositories:
// QUICKSILVER_LINES_REPOSITORIES=300; the same again: QUICKSILVER_LINES_SEED.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytePath } from '../../src/base/bytePath.ts';
import { fileRevisionAt } from '../../src/mercurial/annotate/fileRevisions.ts';
import { lineHistory } from '../../src/mercurial/annotate/lineHistory.ts';
import { seedFromEnvironment } from '../support/random.ts';
import { compareHalf, withRandomFiles, type RandomFiles } from '../support/randomFiles.ts';

const REPOSITORIES = Number(process.env['QUICKSILVER_LINES_REPOSITORIES'] ?? 2);

test('the history of lines is that of followlines()', async t => {
  const seed = seedFromEnvironment('QUICKSILVER_LINES_SEED');
  t.diagnostic(`QUICKSILVER_LINES_SEED=${seed}`);
  let histories = 0;
  for (let i = 0; i < REPOSITORIES; i++) histories += await withRandomFiles(t, seed + i, compareHistories);
  t.diagnostic(`${histories} histories`);
  assert.ok(histories > 0);
});

async function compareHistories(files: RandomFiles): Promise<number> {
  const { hg, random, source, name } = files;
  return compareHalf(files, async (file, changeset) => {
    const revision = fileRevisionAt(source, bytePath(file), changeset)!;
    const count = revision.filelog
      .content(revision.revision)
      .toString('latin1')
      .match(/[^\n]*\n|[^\n]+$/g)?.length;
    if (count === undefined) return false;
    const first = random.below(count);
    const lines = { first, end: first + 1 + random.below(Math.min(6, count - first)) };
    const set = `reverse(followlines('path:${file}', ${first + 1}:${lines.end}, startrev=${changeset}))`;
    const { output, errors } = await hg.runBytes(['log', '-r', set, '-T', '{rev} ']);
    assert.equal(errors, '');
    const found = [...lineHistory(source, bytePath(file), changeset, lines)].flatMap(entry => entry?.changeset ?? []);
    const of = `${name}: ${file} in ${changeset}, lines ${first + 1}:${lines.end}`;
    // Mercurial names a changeset twice where two paths in it lead to the lines.
    assert.deepEqual([...new Set(found)], [...new Set(output.trimEnd().split(' '))].map(Number), of);
    return true;
  });
}
