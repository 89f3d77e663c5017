// The history of every file of random repositories is that of `hg log --follow`. More repositories:
// QUICKSILVER_HISTORY_REPOSITORIES=300; the same again: QUICKSILVER_HISTORY_SEED.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { test } from 'node:test';
import { bytePath } from '../../src/base/bytePath.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { fileHistory, fileHistoryWithRemovals } from '../../src/mercurial/annotate/fileHistory.ts';
import type { FileHistorySource } from '../../src/mercurial/annotate/fileRevisions.ts';
import { currentEnvironment } from '../../src/files/environment.ts';
import { MercurialRepository } from '../../src/mercurial/repository/repository.ts';
import { HgServer } from '../support/hgServer.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';
import { RandomEdits } from '../support/randomEdits.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

const REPOSITORIES = Number(process.env['QUICKSILVER_HISTORY_REPOSITORIES'] ?? 4);
/** Of the first repository. What the tests cover is asserted for it alone: other seeds may draw less. */
const FIXED_SEED = 1;

test('the history of a file is that of hg log --follow', async t => {
  const seed = seedFromEnvironment('QUICKSILVER_HISTORY_SEED');
  t.diagnostic(`QUICKSILVER_HISTORY_SEED=${seed}`);
  for (const each of [FIXED_SEED, ...Array.from({ length: REPOSITORIES - 1 }, (_, i) => seed + i)]) {
    const random = new Random(each);
    const root = fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-history-'));
    t.after(() => removeTree(root));
    const hg = new HgServer(undefined);
    try {
      await hg.run('init', root);
      const inRoot = new HgServer(root);
      try {
        const histories = await compareHistories(root, inRoot, random, `repository ${each}`);
        t.diagnostic(`${histories} histories`);
        if (each === FIXED_SEED) assert.ok(histories > 5);
      } finally {
        await inRoot.close();
      }
    } finally {
      await hg.close();
    }
  }
});

async function compareHistories(root: string, hg: HgServer, random: Random, name: string): Promise<number> {
  const made = new RandomEdits(root, hg, random);
  await made.grow(24);
  const repository = MercurialRepository.open(root, { vfs: new Vfs(), environment: currentEnvironment() });
  const source = repository.history(repository.readDirstate()).fileHistory();
  let histories = 0;
  for (let changeset = 0; changeset < made.count; changeset++) {
    const files = (await hg.run('files', '-0', '-r', String(changeset))).output.split('\0').filter(Boolean);
    for (const file of files) {
      if (!random.chance(0.5)) continue;
      const followed = `reverse(follow('path:${file}', ${changeset}))`;
      const { output, errors } = await hg.runBytes(['log', '-r', followed, '-T', '{rev} ']);
      assert.equal(errors, '');
      const actual = new Set([...fileHistory(source, bytePath(file), changeset)].map(entry => entry.changeset));
      assert.equal([...actual].join(' '), output.trimEnd(), `${name}: ${file} in ${changeset}`);
      histories++;
    }
  }
  await compareRemovals(hg, source, made.count, name);
  return histories;
}

/** The history of a file that is gone begins with the newest ancestor that removed it. */
async function compareRemovals(hg: HgServer, source: FileHistorySource, count: number, name: string): Promise<void> {
  const listed = async (revision: number): Promise<Set<string>> =>
    new Set((await hg.run('files', '-0', '-r', String(revision))).output.split('\0').filter(Boolean));
  const earlier = new Set<string>();
  for (let changeset = 0; changeset < count; changeset++) {
    const present = await listed(changeset);
    for (const file of earlier) {
      if (present.has(file)) continue;
      const removed = `last(removes('path:${file}') and ::${changeset})`;
      const { output } = await hg.runBytes(['log', '-r', removed, '-T', '{rev}']);
      const [first, second] = [...fileHistoryWithRemovals(source, bytePath(file), changeset)].flatMap(e => e ?? []);
      assert.equal(String(first?.changeset ?? ''), output, `${name}: removal of ${file} seen from ${changeset}`);
      if (first === undefined) continue;
      assert.ok('before' in first && first.path === bytePath(file));
      assert.ok(second !== undefined && !('before' in second) && second.changeset <= first.before);
    }
    for (const file of present) earlier.add(file);
  }
}
