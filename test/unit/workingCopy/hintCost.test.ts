// What a hint costs does not depend on how much there is, nor on how many files the state of a repository is made of.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytePath } from '../../../src/base/bytePath.ts';
import { Vfs, type FileIdentity } from '../../../src/files/vfs.ts';
import { LiveModel } from '../../../src/workingCopy/liveModel.ts';
import { PUBLISH_PAUSE_MS } from '../../../src/workingCopy/publication.ts';
import { MercurialBackend } from '../../../src/backends/mercurial/mercurialBackend.ts';
import type { ModelUpdate } from '../../../src/workingCopy/publisher.ts';
import type { FakeEntry } from '../../support/fakeStatCache.ts';
import { RecordingLogger } from '../../support/recordingLogger.ts';
import { OLD_SECONDS, temporaryDirectory } from '../../support/temporaryDirectory.ts';
import { FakeTreeWatcher, LiveModelRig } from './liveModelRig.ts';

/** Notes each question to the file system under `.hg`. */
class CountingVfs extends Vfs {
  asked: string[] = [];

  override open(path: string): ReturnType<Vfs['open']> {
    this.asked.push(`open ${path}`);
    return super.open(path);
  }

  override targetIdentity(path: string): FileIdentity | undefined {
    this.asked.push(`stat ${path}`);
    return super.targetIdentity(path);
  }

  override lstat(path: string): ReturnType<Vfs['lstat']> {
    this.asked.push(`lstat ${path}`);
    return super.lstat(path);
  }

  override isDirectory(path: string): boolean {
    this.asked.push(`isDirectory ${path}`);
    return super.isDirectory(path);
  }

  override list(path: string): string[] {
    this.asked.push(`list ${path}`);
    return super.list(path);
  }

  override readLink(path: string): string | undefined {
    this.asked.push(`readLink ${path}`);
    return super.readLink(path);
  }
}

test('a hint asks for the file, the lock and the dirstate', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const directory = temporaryDirectory(t).files({
    '.hg/requires': 'revlogv1\nstore\n',
    '.hg/dirstate': '',
    '.hgignore': '',
  });
  directory.files({ 'a/b/f': '' });
  const { root } = directory;
  const vfs = new CountingVfs();
  const backend = new MercurialBackend(root, vfs, { platform: 'linux', variables: {}, homeDirectory: root });
  const watcher = new FakeTreeWatcher();
  const model = new LiveModel({ backend, watcher, logger: new RecordingLogger(), auditMs: 0 });
  t.after(() => model.dispose());
  model.start();
  await model.settle();
  assert.deepEqual(model.state, { kind: 'ready' });

  for (const [content, hint] of [
    ['1', 'new'],
    ['2', 'a/b/new'],
  ] as const) {
    directory.write(hint, content);
    // A change that comes right after another one waits a little, and the lock is asked for once more.
    t.mock.timers.tick(PUBLISH_PAUSE_MS);
    const told = new Promise<ModelUpdate>(resolve => void model.onDidUpdate(resolve));
    vfs.asked = [];
    const stats = model.outcome.stats;
    model.hint([bytePath(hint)]);
    assert.deepEqual((await told).changes, [{ path: hint, entry: { status: 'unknown' } }]);
    assert.deepEqual(vfs.asked, [`lstat ${root}/.hg/wlock`, `stat ${root}/.hg/dirstate`]);
    assert.equal(model.outcome.directoriesRead, 3);
    // The file, and for each directory above it whether it is still one, and not a repository of its own.
    assert.equal(model.outcome.stats - stats, 1 + 2 * hint.split('/').length - 2);
  }
});

/** How many files in how many directories are looked at, how deep those are, and how many stats that takes. */
const LOOKS: readonly (readonly [files: number, directories: number, depth: number, stats: number])[] = [
  // Each of seven directories, whether it is still one and no repository of its own; and the file.
  [1, 1, 7, 1 + 2 * 7],
  // The six above the last ones are asked once for all of them.
  [1000, 1000, 7, 1000 + 2 * (1000 + 6)],
  [1000, 50, 7, 1000 + 2 * (50 + 6)],
  [1000, 50, 1, 1000 + 2 * 50],
];

for (const [count, directories, depth, stats] of LOOKS) {
  const what = `${count} files in ${directories} directories ${depth} deep`;
  test(`${what}: a stat each, two a directory, no content read twice`, async t => {
    const above = 'd/'.repeat(depth - 1);
    const paths = Array.from({ length: count }, (_, i) => `${above}${i % directories}/${i}`);
    const entries = (mtime: number | undefined): FakeEntry[] =>
      paths.map(path => ({ path, size: 1, ...(mtime !== undefined && { mtime }) }));
    const files = Object.fromEntries(paths.map(path => [path, '1']));
    const base = Object.fromEntries(paths.map(path => [path, { content: '1' }]));
    const rig = await LiveModelRig.started(t, files, { entries: entries(OLD_SECONDS), base });
    const { model, backend } = rig;

    // They are hinted at, but did not change.
    const before = { ...model.outcome };
    model.hint(paths.map(path => bytePath(path)));
    await rig.settle();
    assert.equal(model.outcome.stats - before.stats, stats);
    assert.equal(model.outcome.filesRead, before.filesRead);

    // As after an update: another parent, and no time is recorded for them. Not so many that a scan costs less.
    backend.set({ entries: entries(undefined), head: { firstParent: '2'.repeat(40) } });
    rig.controlHint();
    await rig.settle();
    assert.equal(model.outcome.stats - before.stats, 2 * stats);
    assert.equal(model.outcome.filesRead - before.filesRead, count);
    assert.equal(model.outcome.directoriesRead, before.directoriesRead);
  });
}
