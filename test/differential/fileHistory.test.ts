// The history of every file of random repositories is that of `hg log --follow`. More repositories:
// QUICKSILVER_HISTORY_REPOSITORIES=300; the same again: QUICKSILVER_HISTORY_SEED.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytePath } from '../../src/base/bytePath.ts';
import { fileHistory, fileHistoryWithRemovals, startAt } from '../../src/mercurial/annotate/fileHistory.ts';
import { seedFromEnvironment } from '../support/random.ts';
import { compareHalf, filesIn, withRandomFiles, type RandomFiles } from '../support/randomFiles.ts';

const REPOSITORIES = Number(process.env['QUICKSILVER_HISTORY_REPOSITORIES'] ?? 4);
/** Of the first repository. What the tests cover is asserted for it alone: other seeds may draw less. */
const FIXED_SEED = 1;

test('the history of a file is that of hg log --follow', async t => {
  const seed = seedFromEnvironment('QUICKSILVER_HISTORY_SEED');
  t.diagnostic(`QUICKSILVER_HISTORY_SEED=${seed}`);
  for (const each of [FIXED_SEED, ...Array.from({ length: REPOSITORIES - 1 }, (_, i) => seed + i)]) {
    const histories = await withRandomFiles(t, each, async files => {
      const compared = await compareHistories(files);
      await compareRemovals(files);
      return compared;
    });
    t.diagnostic(`${histories} histories`);
    if (each === FIXED_SEED) assert.ok(histories > 5);
  }
});

async function compareHistories(files: RandomFiles): Promise<number> {
  const { hg, source, name } = files;
  return compareHalf(files, async (file, changeset) => {
    const followed = `reverse(follow('path:${file}', ${changeset}))`;
    const { output, errors } = await hg.runBytes(['log', '-r', followed, '-T', '{rev} ']);
    assert.equal(errors, '');
    const actual = new Set([...fileHistory(source, bytePath(file), changeset)].map(entry => entry.changeset));
    assert.equal([...actual].join(' '), output.trimEnd(), `${name}: ${file} in ${changeset}`);
    return true;
  });
}

/** The history of a file that is gone begins with the newest ancestor that removed it. */
async function compareRemovals({ hg, source, count, name }: RandomFiles): Promise<void> {
  const earlier = new Set<string>();
  for (let changeset = 0; changeset < count; changeset++) {
    const present = new Set(await filesIn(hg, changeset));
    for (const file of earlier) {
      if (present.has(file)) continue;
      // The set removes() has no removals by merges, where only the second parent has the file.
      const template = '{rev}{file_dels % "\\0{file}"}\\n';
      const { output } = await hg.runBytes(['log', '-r', `reverse(::${changeset})`, '-T', template]);
      const removals = output.split('\n').map(line => line.split('\0'));
      const expected = removals.find(([, ...removed]) => removed.includes(file))?.[0] ?? '';
      const start = startAt(source, bytePath(file), changeset);
      const [first, second] = [...fileHistoryWithRemovals(source, bytePath(file), start)].flatMap(e => e ?? []);
      assert.equal(String(first?.changeset ?? ''), expected, `${name}: removal of ${file} seen from ${changeset}`);
      if (first === undefined) continue;
      assert.ok('before' in first && first.path === bytePath(file));
      assert.ok(second !== undefined && !('before' in second) && second.changeset <= first.before);
    }
    for (const file of present) earlier.add(file);
  }
}
