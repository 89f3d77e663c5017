// The work of a status of a Git working tree: one stat per tracked file, and no text for clean ones.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { gitStatus } from '../../../../src/backends/git/gitStatus.ts';
import { Vfs } from '../../../../src/files/vfs.ts';
import { GitIndex } from '../../../../src/git/index/gitIndex.ts';
import { NativeScanners, loadNative } from '../../../../src/status/bulk/native.ts';
import { GitSandbox } from '../../../support/gitSandbox.ts';

const OLD = 1_000_000_000;
const { module, reason } = loadNative();

interface Work {
  readonly entries: readonly string[];
  readonly stats: number;
  readonly directoriesRead: number;
  readonly filesRead: number;
  /** Files of Git that were opened: index, configuration, references, objects, rules. */
  readonly filesOpened: number;
  /** Texts that were made of names, paths and object names in the index. */
  readonly texts: number;
}

/** The work for a tree with three changes and so many clean files, ten in each directory. */
async function workFor(t: TestContext, cleanFiles: number): Promise<Work> {
  const sandbox = new GitSandbox();
  t.after(() => sandbox.dispose());
  const root = sandbox.init('r');
  for (const name of ['edited', 'staged']) root.write(`changes/${name}`, 'old\n', OLD);
  for (let i = 0; i < cleanFiles; i++) root.write(`clean/d${Math.floor(i / 10)}/f${i}`, 'clean\n', OLD);
  root.commit('first');
  root.git('gc', '-q');
  root.write('changes/staged', 'longer than before\n', OLD);
  root.git('add', '-A');
  root.write('changes/edited', 'longer than before\n', OLD);
  root.write('changes/unknown', 'unknown\n', OLD);

  const vfs = new Vfs();
  const made = (['name', 'path', 'id'] as const).map(name => t.mock.method(GitIndex.prototype, name).mock);
  const { entries, outcome } = await gitStatus(root.repository({ vfs, indexOptions: { decoders: module } }), {
    untracked: 'all',
    ignored: 'no',
    renames: { enabled: true, minimum: 30_000, limit: 1000, countsRest: true },
    bulk: { scanners: new NativeScanners(module!), minimumNodes: 0, unitNodes: 100 },
  });
  const texts = made.reduce((sum, mock) => sum + mock.callCount(), 0);
  t.mock.restoreAll();
  const { stats, directoriesRead, filesRead } = outcome;
  const lines = entries.map(({ kind, path }) => `${kind} ${path}`);
  return { entries: lines, stats, directoriesRead, filesRead, filesOpened: vfs.filesOpened, texts };
}

test(
  'a status stats each file once, and makes no text for clean ones',
  { skip: module === undefined && `There is no native code: ${reason}` },
  async t => {
    const small = await workFor(t, 100);
    const large = await workFor(t, 1000);
    assert.deepEqual(large.entries, ['changed changes/edited', 'changed changes/staged', 'untracked changes/unknown']);
    // The root, two directories in it, and one for ten clean files.
    assert.deepEqual([small.directoriesRead, large.directoriesRead], [13, 103]);
    // Each tracked file once, and again those that are not clean.
    assert.equal(large.stats - small.stats, 900);
    assert.ok(large.stats <= 1002 + 5, `${large.stats} stats`);
    const fixed = ({ filesRead, filesOpened, texts }: Work): readonly number[] => [filesRead, filesOpened, texts];
    assert.deepEqual(fixed(large), fixed(small));
    assert.equal(small.filesRead, 0);
    assert.ok(small.texts <= 30, `${small.texts} texts`);
    assert.ok(small.filesOpened <= 20, `${small.filesOpened} files`);
  },
);
