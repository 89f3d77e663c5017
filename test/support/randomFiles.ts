// Random repositories for the histories of files, and half of the files of each changeset.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { TestContext } from 'node:test';
import { currentEnvironment } from '../../src/files/environment.ts';
import { Vfs } from '../../src/files/vfs.ts';
import type { FileHistorySource } from '../../src/mercurial/annotate/fileRevisions.ts';
import { MercurialRepository } from '../../src/mercurial/repository/repository.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';
import { hgEnvironment, HgServer } from './hgServer.ts';
import { Random } from './random.ts';
import { RandomEdits } from './randomEdits.ts';

const CHANGESETS = 24;

export interface RandomFiles {
  readonly hg: HgServer;
  readonly random: Random;
  readonly source: FileHistorySource;
  /** How many changesets there are. */
  readonly count: number;
  /** Names the repository in messages. */
  readonly name: string;
}

/** Makes a repository of random edits for `use`. It is removed when the test has ended. */
export async function withRandomFiles<T>(
  t: TestContext,
  seed: number,
  use: (files: RandomFiles) => Promise<T>,
): Promise<T> {
  const random = new Random(seed);
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-history-'));
  t.after(() => removeTree(root));
  execFileSync('hg', ['init', root], { env: hgEnvironment() });
  const hg = new HgServer(root);
  try {
    const made = new RandomEdits(root, hg, random, true);
    await made.grow(CHANGESETS);
    const repository = MercurialRepository.open(root, { vfs: new Vfs(), environment: currentEnvironment() });
    const source = repository.history(repository.readDirstate()).fileHistory();
    return await use({ hg, random, source, count: made.count, name: `repository ${seed}` });
  } finally {
    await hg.close();
  }
}

/** Resolves to the paths of the files in a changeset. */
export async function filesIn(hg: HgServer, revision: number): Promise<readonly string[]> {
  return (await hg.run('files', '-0', '-r', String(revision))).output.split('\0').filter(Boolean);
}

/** Compares half of the files of each changeset. Resolves to how many `compare` was able to compare. */
export async function compareHalf(
  { hg, random, count }: RandomFiles,
  compare: (file: string, changeset: number) => Promise<boolean>,
): Promise<number> {
  let compared = 0;
  for (let changeset = 0; changeset < count; changeset++) {
    for (const file of await filesIn(hg, changeset)) {
      if (random.chance(0.5) && (await compare(file, changeset))) compared++;
    }
  }
  return compared;
}
