// Conflicts, heads and subrepositories as a client of the live model is told of them, while the real hg works.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test, type TestContext } from 'node:test';
import { bytePath, toDisplay } from '../../src/base/bytePath.ts';
import { silentLogger } from '../../src/base/log.ts';
import { currentEnvironment } from '../../src/files/environment.ts';
import { Vfs } from '../../src/files/vfs.ts';
import type { MergeState, Snapshot } from '../../src/workingCopy/backend.ts';
import { LiveModel } from '../../src/workingCopy/liveModel.ts';
import { MercurialBackend } from '../../src/backends/mercurial/mercurialBackend.ts';
import type { ModelUpdate } from '../../src/workingCopy/publisher.ts';
import { createTreeWatcher } from '../../src/workingCopy/watch/createTreeWatcher.ts';
import { HgSandbox } from '../support/hgSandbox.ts';

/** Far longer than anything takes: reached only when the test has failed. */
const LOST_MS = 60_000;

const skip = process.platform !== 'linux';

function environment(): ReturnType<typeof currentEnvironment> {
  return { ...currentEnvironment(), variables: { ...process.env, HGRCPATH: '' } };
}

class Live {
  readonly sandbox = new HgSandbox(['--config', 'ui.merge=:fail', '--config', 'extensions.rebase=']);
  model: LiveModel;
  /** Every update since the last {@link until}. */
  updates: ModelUpdate[] = [];
  mergeState: MergeState | null | undefined;
  #check: () => void = () => undefined;

  constructor(t: TestContext, prepare: (live: Live) => void) {
    t.after(() => {
      this.model.dispose();
      this.sandbox.dispose();
    });
    this.sandbox.hg('.', ['init', 'r']);
    prepare(this);
    const root = this.sandbox.path('r');
    this.model = new LiveModel({
      backend: new MercurialBackend(root, new Vfs(), environment()),
      watcher: createTreeWatcher({ root, controlName: '.hg', share: 0.5, logger: silentLogger }),
      logger: silentLogger,
      auditMs: 0,
    });
    this.model.onDidUpdate(update => {
      this.updates.push(update);
      if (update.reset) this.mergeState = undefined;
      if (update.mergeState !== undefined) this.mergeState = update.mergeState;
      this.#check();
    });
    this.model.start();
  }

  hg(...args: string[]): void {
    this.sandbox.hg('r', args);
  }

  stopped(...args: string[]): void {
    this.sandbox.hg('r', args, 1);
  }

  commit(files: Readonly<Record<string, string>>, message = 'm'): void {
    for (const [name, content] of Object.entries(files)) this.sandbox.write('r', name, content);
    this.hg('commit', '-A', '-q', '-m', message);
  }

  /** Waits for events alone to bring about what is expected; answers the updates that came until then. */
  until(expected: () => unknown): Promise<ModelUpdate[]> {
    return new Promise((resolve, reject) => {
      const lost = setTimeout(() => reject(new Error(`in vain: ${expected.toString()}`)), LOST_MS);
      this.#check = () => {
        if (expected() !== true || this.updates.at(-1)?.settled !== true) return;
        clearTimeout(lost);
        this.#check = () => undefined;
        resolve(this.updates.splice(0));
      };
      if (this.updates.length > 0) this.#check();
    });
  }

  get states(): string {
    if (!this.mergeState) return 'none';
    return this.mergeState.conflicts.map(({ path, state }) => `${toDisplay(path)} ${state}`).join(', ');
  }
}

function twoSides(live: Live): void {
  live.commit({ a: '1\n', b: '1\n' });
  live.commit({ a: '2\n', b: '2\n' });
  live.hg('update', '-q', '0');
  live.commit({ a: '3\n', b: '3\n' });
}

test('a merge comes, goes on and ends, each told by one update, again and again', { skip }, async t => {
  const live = new Live(t, twoSides);
  await live.until(() => live.model.snapshot?.head.phase === 'draft');
  assert.equal(live.mergeState, undefined);
  // The directory of the merge state is made and removed each time.
  for (let round = 0; round < 3; round++) {
    live.stopped('merge', '-r', '1');
    const begun = await live.until(() => live.states === 'a unresolved, b unresolved');
    assert.equal(begun.filter(update => update.mergeState !== undefined).length, 1);
    assert.equal(begun.at(-1)!.head?.operation, 'merge');
    live.hg('resolve', '--mark', 'a');
    const marked = await live.until(() => live.states === 'a resolved, b unresolved');
    assert.deepEqual(
      marked.map(update => update.mergeState?.conflicts.length),
      [2],
    );
    // Nobody but the watch on the directory tells of this: no lock is taken, and the size stays the same.
    for (const name of ['state', 'state2']) {
      const file = live.sandbox.path(`r/.hg/merge/${name}`);
      fs.writeFileSync(file, fs.readFileSync(file, 'latin1').replaceAll('\0r\0', '\0u\0'), 'latin1');
    }
    await live.until(() => live.states === 'a unresolved, b unresolved');
    live.hg('update', '-q', '--clean', '2');
    const ended = await live.until(() => live.mergeState === null);
    assert.equal(ended.filter(update => update.mergeState !== undefined).length, 1);
    assert.equal(ended.at(-1)!.head?.operation, undefined);
  }
  live.stopped('rebase', '-r', '2', '-d', '1');
  const rebasing = await live.until(() => live.states === 'a unresolved, b unresolved');
  assert.equal(rebasing.at(-1)!.head?.operation, 'rebase');
  live.hg('resolve', '--mark', '--all');
  await live.until(() => live.states === 'a resolved, b resolved');
  live.hg('rebase', '--continue', '-q');
  await live.until(() => live.mergeState === null);
});

test('a merge state that cannot be understood is told as such, and the status goes on', { skip }, async t => {
  const live = new Live(t, twoSides);
  live.stopped('merge', '-r', '1');
  await live.until(() => live.states === 'a unresolved, b unresolved');
  const file = live.sandbox.path('r/.hg/merge/state2');
  const good = fs.readFileSync(file);
  fs.appendFileSync(file, Buffer.from('Z\0\0\0\x01x', 'latin1'));
  await live.until(() => live.mergeState?.problem?.code === 'unsupported');
  fs.writeFileSync(file, good.subarray(0, good.length - 3));
  await live.until(() => live.mergeState?.problem?.code === 'changed-while-reading');
  live.sandbox.write('r', 'new', '');
  const updates = await live.until(() => live.model.tree.get(bytePath('new'))?.status === 'unknown');
  assert.deepEqual(updates.at(-1)!.state, { kind: 'ready' });
  fs.writeFileSync(file, good);
  await live.until(() => live.states === 'a unresolved, b unresolved');
});

test('phase and end of the branch are told when they change, whoever changes them', { skip }, async t => {
  const live = new Live(t, twoSides);
  const head = (): string => {
    const { phase, isBranchTip, closesBranch } = live.model.snapshot?.head ?? {};
    return `${phase} ${isBranchTip} ${closesBranch}`;
  };
  await live.until(() => head() === 'draft true false');
  live.hg('phase', '--public', '2');
  await live.until(() => head() === 'public true false');
  live.hg('update', '-q', '1');
  await live.until(() => head() === 'draft false false');
  live.hg('phase', '--secret', '--force', '1');
  await live.until(() => head() === 'secret false false');
  assert.equal(live.model.snapshot?.head.changesBranch, undefined);
  live.hg('branch', '-q', 'other');
  await live.until(() => live.model.snapshot?.head.changesBranch === true);
  live.hg('branch', '-q', '--force', 'default');
  await live.until(() => live.model.snapshot?.head.changesBranch === undefined);
  // From another working copy of the same store: nothing but the store changes.
  live.hg('update', '-q', '2');
  await live.until(() => head() === 'public true false');
  live.sandbox.hg('.', ['--config', 'extensions.share=', 'share', '-q', 'r', 'other']);
  live.sandbox.hg('other', ['update', '-q', '2']);
  live.sandbox.write('other', 'a', '4\n');
  live.sandbox.hg('other', ['commit', '-q', '-m', 'newer']);
  await live.until(() => head() === 'public false false');
  live.hg('update', '-q');
  live.hg('commit', '-q', '--close-branch', '-m', 'closed');
  await live.until(() => head() === 'draft false true');
  live.hg('update', '-q', 'null');
  await live.until(() => head() === 'undefined undefined undefined');
});

test('subrepositories are told when they are listed, and when they are not any more', { skip }, async t => {
  const live = new Live(t, live => {
    live.commit({ a: '' });
    live.sandbox.hg('r', ['init', 'sub']);
    live.sandbox.write('r/sub', 'f', '');
    live.sandbox.hg('r/sub', ['commit', '-A', '-q', '-m', 'm']);
  });
  const [first] = await live.until(() => live.model.snapshot !== undefined);
  assert.equal(first!.subrepositories, undefined);
  const subrepositories = (): string =>
    (live.model.snapshot?.subrepositories ?? []).map(({ path, kind }) => `${path} ${kind}`).join(', ');
  live.sandbox.write('r', '.hgsub', 'sub = ../sub\nlib/x = [git]https://example.org/x\n../up = up\n');
  live.hg('add', '.hgsub');
  const told = await live.until(() => subrepositories() === 'lib/x git, sub hg');
  assert.deepEqual(told.find(update => update.subrepositories !== undefined)?.subrepositories, [
    { path: 'lib/x', kind: 'git', source: 'https://example.org/x', revision: undefined, isPresent: false },
    { path: 'sub', kind: 'hg', source: '../sub', revision: undefined, isPresent: true },
  ]);
  live.sandbox.write('r', '.hgsub', 'sub = ../sub\n');
  await live.until(() => subrepositories() === 'sub hg');
  live.hg('commit', '-q', '-m', 'with sub');
  const node = live.sandbox.hg('r/sub', ['log', '-r', '.', '-T', '{node}']).toString();
  await live.until(() => live.model.snapshot?.subrepositories?.[0]?.revision === node);
  // A repository that is no longer there, or is there again, is noticed although a status does not look into it.
  const isPresent = (): boolean | undefined => live.model.snapshot?.subrepositories?.[0]?.isPresent;
  fs.renameSync(live.sandbox.path('r/sub/.hg'), live.sandbox.path('r/sub/hg'));
  await live.until(() => isPresent() === false);
  fs.renameSync(live.sandbox.path('r/sub/hg'), live.sandbox.path('r/sub/.hg'));
  await live.until(() => isPresent() === true);
  fs.renameSync(live.sandbox.path('r/sub'), live.sandbox.path('away'));
  await live.until(() => isPresent() === false);
  fs.renameSync(live.sandbox.path('away'), live.sandbox.path('r/sub'));
  await live.until(() => isPresent() === true);
  live.hg('update', '-q', '0');
  const gone = await live.until(() => subrepositories() === '');
  assert.deepEqual(gone.find(update => update.subrepositories !== undefined)?.subrepositories, []);
});

test('what is known is not read again', t => {
  const sandbox = new HgSandbox(['--config', 'ui.merge=:fail']);
  t.after(() => sandbox.dispose());
  sandbox.hg('.', ['init', 'r']);
  const hg = (...args: string[]): Buffer => sandbox.hg('r', args);
  const commit = (content: string): void => {
    sandbox.write('r', 'a', content);
    hg('commit', '-A', '-q', '-m', content);
  };
  ['1\n', '2\n'].forEach(commit);
  hg('update', '-q', '0');
  commit('3\n');
  const vfs = new Vfs();
  const backend = new MercurialBackend(sandbox.path('r'), vfs, environment());
  // A file that changed less than two seconds ago may change again without its times telling.
  const now = Date.now;
  let later = 10_000;
  t.mock.method(Date, 'now', () => now() + later);
  const load = (previous?: Snapshot): [filesOpened: number, snapshot: Snapshot] => {
    const before = vfs.filesOpened;
    const snapshot = backend.load(previous);
    return [vfs.filesOpened - before, snapshot];
  };
  /** `.hg/branch`, for the name of the branch. */
  const names = 1;

  const [, first] = load();
  // The first load may have been too soon after the files' last change for their times to be trusted.
  const [, known] = load(first);
  assert.equal(known, first);
  assert.deepEqual(load(known), [names, known]);

  // The dirstate is replaced: it is read, opened once more to see that it is still the same, and nothing else.
  fs.copyFileSync(sandbox.path('r/.hg/dirstate'), sandbox.path('r/.hg/new'));
  fs.renameSync(sandbox.path('r/.hg/new'), sandbox.path('r/.hg/dirstate'));
  const [replaced, next] = load(known);
  assert.equal(replaced, names + 2);
  assert.equal(next.head, known.head);
  assert.deepEqual(load(next), [names, next]);

  // A merge stops: the two files of its state are read, once they are old; and again as long as they are young.
  sandbox.hg('r', ['merge', '-r', '1'], 1);
  const [, merging] = load(next);
  assert.equal(merging.mergeState?.conflicts.length, 1);
  assert.deepEqual(load(merging), [names, merging]);
  later = 0;
  hg('resolve', '--mark', '--all');
  const [, resolved] = load(merging);
  assert.equal(resolved.mergeState?.conflicts[0]?.state, 'resolved');
  assert.equal(load(resolved)[1].mergeState, resolved.mergeState);
  hg('resolve', '--unmark', '--all');
  assert.equal(load(resolved)[1].mergeState?.conflicts[0]?.state, 'unresolved');
});
