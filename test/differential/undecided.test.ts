// Files whose history Mercurial can read and we cannot, in a repository that is otherwise ours: hg answers for them where
// it may run. An extension of hg makes such files.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { HgSandbox } from '../support/hgSandbox.ts';
import { ServedRepository } from '../support/servedRepository.ts';
import { literal, makeRevlog } from '../unit/mercurial/store/revlogWriter.ts';

const EXTENSION = fileURLToPath(new URL('../support/prefixed.py', import.meta.url));
const STORED_ELSEWHERE = 1 << 13;
const OLD = 1_000_000_000;

/** A repository with files that only hg can read, of these names, beside `plain`. All are touched since. */
function prepare(sandbox: HgSandbox, names: readonly string[]): void {
  // Beside the repository: an hg in a root of its own sees no other place.
  fs.copyFileSync(EXTENSION, sandbox.path('prefixed.py'));
  fs.appendFileSync(sandbox.path('repo/.hg/hgrc'), `[extensions]\nprefixed = ${sandbox.path('prefixed.py')}\n`);
  for (const name of [...names, 'plain']) sandbox.write('repo', name, `the text of ${name}\n`);
  sandbox.hg('repo', ['commit', '-qAm', 'one']);
  for (const name of names) prefix(sandbox, name);
  for (const name of [...names, 'plain']) fs.utimesSync(sandbox.path(`repo/${name}`), OLD + 5, OLD + 5);
}

function prefix(sandbox: HgSandbox, name: string): void {
  const text = Buffer.from(`the text of ${name}\n`);
  const file = sandbox.path(`repo/.hg/store/data/${name}.i`);
  const { nodes } = makeRevlog([{ text }]);
  const stored = Buffer.from(`stored:${text.toString()}`);
  const { index } = makeRevlog([
    { text, node: nodes[0]!, chunk: literal(stored), fullLength: stored.length, flags: STORED_ELSEWHERE },
  ]);
  fs.writeFileSync(file, index);
}

function served(t: TestContext, names: readonly string[]): ServedRepository {
  const repository = new ServedRepository(sandbox => prepare(sandbox, names));
  t.after(() => repository.dispose());
  return repository;
}

function isUndecided(repository: ServedRepository, name: string): boolean {
  return repository.entryOf(name)?.undecided !== undefined;
}

test('hg decides about files that only it can read', async t => {
  const repository = served(t, ['clean', 'changed']);
  repository.write('changed', 'the text of changeX\n');
  await repository.setHgPolicy(true);
  await repository.open();
  await repository.until(() => !isUndecided(repository, 'clean') && !isUndecided(repository, 'changed'));
  assert.deepEqual(repository.entries, ['M changed']);
  assert.deepEqual(repository.expected, ['M changed']);
  assert.equal(repository.state.kind, 'ready');
  // The base of the gutter comes from hg, too.
  const base = await repository.content('changed', 'base');
  assert.equal(base.kind === 'content' && Buffer.from(base.bytes!).toString(), 'the text of changed\n');
  // The answer holds while file and base stay the same, and no longer.
  const asked = repository.commands.length;
  await repository.refresh();
  assert.equal(repository.commands.length, asked);
  repository.write('changed', 'the text of changed\n');
  await repository.hint('changed');
  await repository.until(() => repository.entries.length === 0);
  repository.write('changed', 'other\n');
  await repository.hint('changed');
  await repository.until(
    () => repository.entryOf('changed')?.status === 'modified' && !isUndecided(repository, 'changed'),
  );
  assert.deepEqual(repository.entries, repository.expected);
});

test('hg is not started for that where it may not run', async t => {
  const repository = served(t, ['a']);
  await repository.setHgPolicy(false);
  await repository.open();
  await repository.until(() => isUndecided(repository, 'a'));
  assert.match(repository.entryOf('a')!.undecided!, /^May be modified: /);
  assert.deepEqual([repository.entries, repository.calls], [['M a'], []]);
  await repository.setHgPolicy(true);
  await repository.until(() => repository.entries.length === 0);
});

test('a file that hg cannot read either stays undecided, and others do not', async t => {
  const repository = served(t, ['a', 'b', 'broken']);
  // Without the extension's prefix and of another length, no program knows it.
  fs.writeFileSync(`${repository.root}/.hg/store/data/broken.i`, 'no revlog at all');
  await repository.setHgPolicy(true);
  await repository.open();
  await repository.until(() => isUndecided(repository, 'broken') && repository.entries.length === 1);
  assert.deepEqual(repository.entries, ['M broken']);
  // It is not asked about again and again.
  await repository.until(() => repository.log.some(line => line.includes('hg does not know the status of broken')));
  const asked = repository.commands.length;
  await repository.refresh();
  await repository.refresh();
  assert.equal(repository.commands.length, asked);
});
