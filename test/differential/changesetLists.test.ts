// Lists of outgoing, unpushed and incoming changesets, with the real hg: a list only shows, unless something else is chosen.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test, type TestContext } from 'node:test';
import { CommandBench, person, said } from '../support/commandBench.ts';
import type { HgSandbox } from '../support/hgSandbox.ts';
import { noisyHooks } from '../support/noisyHooks.ts';
import { Pressed } from '../unit/extension/fakeVscode.ts';

/** Two repositories: each has one changeset of its own. */
function prepare(sandbox: HgSandbox): void {
  const commit = (repository: string, file: string): void => {
    sandbox.write(repository, file, `${file}\n`);
    sandbox.hg(repository, ['commit', '-q', '--addremove', '-m', `add ${file}`]);
  };
  commit('repo', 'a');
  sandbox.hg('.', ['clone', '-q', 'repo', 'other']);
  commit('other', 'theirs');
  sandbox.hg('repo', ['phase', '--draft', '--force', '0']);
  commit('repo', 'b');
  commit('repo', 'c');
  sandbox.write('repo', '.hg/hgrc', `[paths]\ndefault = ${sandbox.path('other')}\n`);
}

async function bench(t: TestContext): Promise<{ bench: CommandBench; there: () => string; here: () => string }> {
  const { row, button } = person;
  t.after(() => Object.assign(person, { row, button }));
  const made = await CommandBench.start(t, { prepare });
  return {
    bench: made,
    there: () => made.sandbox.hg('other', ['log', '-T', '{desc};']).toString(),
    here: () => made.hg('log', '-T', '{desc};'),
  };
}

for (const command of ['outgoing', 'showDrafts'] as const) {
  test(`Enter in the list of ${command} shows a changeset, and publishes nothing`, async t => {
    const { bench: b, there } = await bench(t);
    await b.run(command);
    assert.match(said(), /vscode\.changes: \["\w{12}: add c",\[\[/);
    assert.equal(there(), 'add theirs;add a;');
    assert.equal(b.hg('log', '-r', 'draft() - 0', '-T', '{desc};'), 'add b;add c;');
  });
}

test('the first changeset of all is shown, too', async t => {
  const { bench: b } = await bench(t);
  person.row = rows => rows.find(({ label }) => label.includes('add a'));
  await b.run('showDrafts');
  assert.match(said(), /vscode\.changes: \["\w{12}: add a",\[\[/);
});

test('the button of a row pushes that changeset with its ancestors, after a question', async t => {
  const { bench: b, there } = await bench(t);
  person.row = rows =>
    new Pressed(
      rows.find(({ label }) => label.includes('add b')),
      'Push with Ancestors',
    );
  person.button = () => undefined;
  await b.run('outgoing');
  assert.match(said(), /Push \w{12}\?/);
  assert.equal(there(), 'add theirs;add a;');
  person.button = buttons => buttons.find(button => button === 'Push' || button === 'Push New Head');
  await b.run('outgoing');
  assert.equal(there(), 'add b;add theirs;add a;', said());
});

test('the last row pushes all', async t => {
  const { bench: b, there } = await bench(t);
  person.row = rows => rows.at(-1);
  person.button = buttons => buttons.find(button => button === 'Push' || button === 'Push New Head');
  await b.run('showDrafts');
  assert.equal(there(), 'add c;add b;add theirs;add a;', said());
});

test('Enter in the list of incoming changesets asks before it pulls, whatever hooks write', async t => {
  const { bench: b, here } = await bench(t);
  fs.appendFileSync(`${b.root}/.hg/hgrc`, noisyHooks('incoming'));
  person.button = () => undefined;
  await b.run('incoming');
  assert.match(said(), /Pull \w{12}\?/);
  assert.doesNotMatch(here(), /theirs/);
  person.row = ([first]) => new Pressed(first, 'Open Changes');
  await b.run('incoming');
  assert.match(said(), /\w{12}\.patch/);
  const quiet = ['--config', 'hooks.pre-incoming.x=', '--config', 'hooks.post-incoming.x='];
  const patch = b.hg(...quiet, 'incoming', '--quiet', '--patch', '--template', '{desc}\n\n');
  assert.equal((await b.shownText('.patch')).trimEnd(), patch.trimEnd());
  assert.doesNotMatch(here(), /theirs/);
  person.row = ([first]) => new Pressed(first, 'Pull with Ancestors');
  await b.run('incoming');
  assert.match(here(), /theirs/);
});

test('the counts after an exchange are those of hg, whatever hooks write', async t => {
  const { bench: b } = await bench(t);
  const line = "echo 'added 99 changesets with 1 changes to 1 files (+7 heads)'";
  const hooks = ['push', 'pull', 'outgoing', 'addremove'].flatMap(verb =>
    ['pre', 'post'].map(when => `${when}-${verb}.x = ${line}; echo '(ignored 5 secret changesets)'`),
  );
  fs.appendFileSync(`${b.root}/.hg/hgrc`, `[hooks]\n${hooks.join('\n')}\n`);
  b.sandbox.write('other', '.hg/hgrc', `[hooks]\nprechangegroup.x = ${line}\nchangegroup.x = ${line}\n`);
  person.row = ([first]) => first;
  await b.run('pull');
  assert.match(said(), /Pulled 1 changeset\. There is 1 new head\./);
  await b.run('pull');
  assert.match(said(), /No new changesets\./);
  person.button = buttons => buttons.at(-1);
  await b.run('push', { confirmed: true });
  assert.match(said(), /Pushed 2 changesets\./);
  await b.run('push');
  assert.match(said(), /No changesets to push\./);
  await b.run('outgoing');
  assert.match(said(), /No outgoing changesets\./);
  await b.run('addRemove');
  assert.match(said(), /No untracked or missing files\./);
});
