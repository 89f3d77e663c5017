// The history of lines of random repositories is that of Mercurial's `followlines()`. More repositories:
// QUICKSILVER_LINES_REPOSITORIES=300; the same again: QUICKSILVER_LINES_SEED.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { test } from 'node:test';
import { bytePath } from '../../src/base/bytePath.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { fileRevisionAt } from '../../src/mercurial/annotate/fileRevisions.ts';
import { lineHistory } from '../../src/mercurial/annotate/lineHistory.ts';
import { currentEnvironment } from '../../src/files/environment.ts';
import { MercurialRepository } from '../../src/mercurial/repository/repository.ts';
import { hgEnvironment, HgServer } from '../support/hgServer.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';
import { RandomEdits } from '../support/randomEdits.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

const REPOSITORIES = Number(process.env['QUICKSILVER_LINES_REPOSITORIES'] ?? 2);

test('the history of lines is that of followlines()', async t => {
  const seed = seedFromEnvironment('QUICKSILVER_LINES_SEED');
  t.diagnostic(`QUICKSILVER_LINES_SEED=${seed}`);
  let histories = 0;
  for (let i = 0; i < REPOSITORIES; i++) {
    const random = new Random(seed + i);
    const root = fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-lines-'));
    t.after(() => removeTree(root));
    execFileSync('hg', ['init', root], { env: hgEnvironment() });
    const hg = new HgServer(root);
    try {
      histories += await compareHistories(root, hg, random, `repository ${seed + i}`);
    } finally {
      await hg.close();
    }
    removeTree(root);
  }
  t.diagnostic(`${histories} histories`);
  assert.ok(histories > 0);
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
      const revision = fileRevisionAt(source, bytePath(file), changeset)!;
      const count = revision.filelog
        .content(revision.revision)
        .toString('latin1')
        .match(/[^\n]*\n|[^\n]+$/g)?.length;
      if (count === undefined) continue;
      const first = random.below(count);
      const lines = { first, end: first + 1 + random.below(Math.min(6, count - first)) };
      const set = `reverse(followlines('path:${file}', ${first + 1}:${lines.end}, startrev=${changeset}))`;
      const { output, errors } = await hg.runBytes(['log', '-r', set, '-T', '{rev} ']);
      assert.equal(errors, '');
      const found = [...lineHistory(source, bytePath(file), changeset, lines)].flatMap(entry => entry?.changeset ?? []);
      const of = `${name}: ${file} in ${changeset}, lines ${first + 1}:${lines.end}`;
      // Mercurial names a changeset twice where two paths in it lead to the lines.
      assert.deepEqual([...new Set(found)], [...new Set(output.trimEnd().split(' '))].map(Number), of);
      histories++;
    }
  }
  return histories;
}
