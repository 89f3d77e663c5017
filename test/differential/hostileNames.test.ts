// The real hg, told by the commands of the extension about names that it would take for options: nothing is run, and each
// command does what was chosen.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test, type TestContext } from 'node:test';
import { CommandBench, person, said } from '../support/commandBench.ts';
import {
  hostileArguments,
  hostileName,
  HOSTILE_FILES,
  HOSTILE_SHELF,
  MARKER,
  prepareHostile,
} from '../support/hostileNames.ts';

interface Rig {
  readonly bench: CommandBench;
  readonly name: string;
  /** Chooses the row with this label, or what contains it. */
  readonly choose: (label: string) => void;
  /** A template of a revision. */
  readonly of: (revset: string, template: string) => string;
}

async function rig(t: TestContext): Promise<Rig> {
  const bench = await CommandBench.start(t, {
    prepare: prepareHostile,
    variables: sandbox => ({ [MARKER]: sandbox.path('marker') }),
  });
  t.after(() => assert.equal(fs.existsSync(bench.sandbox.path('marker')), false, 'a name was run'));
  return {
    bench,
    name: hostileName(bench.sandbox),
    choose: label => {
      person.row = rows =>
        rows.find(row => row.label.endsWith(` ${label}`)) ?? rows.find(row => row.label.includes(label)) ?? rows[0];
    },
    of: (revset, template) => bench.hg('log', `--rev=${revset}`, `--template=${template}`),
  };
}

test('going to what has such a name, and merging it', async t => {
  const { bench, name, choose, of } = await rig(t);
  choose(name);
  await bench.run('update');
  assert.equal(of('.', '{rev} {branch}'), `1 ${name}`, said());
  choose(`${name}.tag`);
  await bench.run('update');
  assert.equal(of('.', '{rev}'), '0', said());
  choose(`${name}.bookmark`);
  await bench.run('update');
  assert.equal(of('.', '{rev} {activebookmark}'), `1 ${name}.bookmark`, said());
  await bench.run('deactivateBookmark');
  await bench.run('update', { revision: '2' });
  choose(name);
  await bench.run('mergeWith');
  assert.equal(of('.', '{rev}'), '2');
  assert.equal(of('p2()', '{rev}'), '1', said());
});

test('names are made, moved, renamed and deleted as they are', async t => {
  const { bench, name, choose, of } = await rig(t);
  const given = hostileArguments(bench);
  choose(`${name}.bookmark`);
  await bench.run('moveBookmark', { name: `${name}.bookmark`, revision: '0' });
  assert.equal(of('0', '{bookmarks}'), `${name}.bookmark`, said());
  await bench.run('renameBookmark', { name: `${name}.bookmark`, to: `${name}.renamed` });
  assert.equal(of('0', '{bookmarks}'), `${name}.renamed`, said());
  await bench.run('createBookmark', ...given.createBookmark!);
  assert.equal(of('.', '{bookmarks} {activebookmark}'), `${name}.new ${name}.new`, said());
  await bench.run('deleteBookmark', { name: `${name}.renamed`, confirmed: true });
  assert.equal(of('0', '{bookmarks}'), '', said());
  await bench.run('createTag', ...given.createTag!);
  assert.equal(of('2', '{tags}'), `${name}.new tip`, said());
  choose(`${name}.tag`);
  await bench.run('deleteTag');
  assert.equal(of('0', '{tags}'), '', said());
  await bench.run('newBranch', ...given.newBranch!);
  assert.equal(bench.hg('branch'), `${name}.new\n`, said());
});

test('what is pushed is what was chosen, and an address runs nothing', async t => {
  const { bench, name, of } = await rig(t);
  const there = (): string => bench.sandbox.hg('other', ['log', '--template', '{rev}:{branch} ']).toString();
  await bench.run('pushTo', { path: 'evil' });
  assert.match(said(), /potentially unsafe url/);
  await bench.run('pull', { path: '--debugger' });
  assert.match(said(), /repository \/nowhere not found/);
  await bench.run('clone', ...hostileArguments(bench).clone!);
  assert.match(said(), /potentially unsafe url/);
  for (const command of ['incoming', 'outgoing'] as const) await bench.run(command, { path: 'evil', confirmed: true });
  await bench.run('pull', { revision: name });
  assert.equal(there(), '0:default ');
  await bench.run('pushRevision', { revision: '2', confirmed: true });
  assert.equal(there(), '1:default 0:default ', said());
  bench.sandbox.hg('other', ['--config', 'extensions.strip=', 'strip', '--no-backup', '1']);
  await bench.run('update', { revision: name });
  await bench.run('pushBranch', { confirmed: true });
  assert.equal(there(), `1:${name} 0:default `, said());
  await bench.run('pushBookmark', { name: `${name}.bookmark`, confirmed: true });
  assert.equal(bench.sandbox.hg('other', ['log', '-r', '1', '-T', '{bookmarks}']).toString(), `${name}.bookmark`);
  assert.equal(of('public()', '{rev} '), '0 1 2 ');
});

test('files are those that were named, and no others', async t => {
  const { bench, name } = await rig(t);
  const { renameFile, copyFile } = hostileArguments(bench);
  await bench.run('renameFile', ...renameFile!);
  await bench.run('copyFile', ...copyFile!);
  const renamed = ['A --debugger.renamed < ' + name, `A ${name}.copy < --debugger`, `R ${name}`];
  const status = (): string[] =>
    bench.hg('status', '-C', '-T', '{status} {path}{if(source, " < {source}")}\n').split('\n').slice(0, -1);
  assert.deepEqual(status().sort(), renamed.sort(), said());
  bench.hg('revert', '--all', '--no-backup');
  for (const file of ['--debugger.renamed', `${name}.copy`]) fs.rmSync(`${bench.root}/${file}`);
  await bench.refresh();
  for (const file of [...HOSTILE_FILES, name]) {
    fs.writeFileSync(`${bench.root}/${file}`, 'changed and longer\n');
    await bench.refresh();
    assert.equal(bench.repository.model.counts.modified, 1);
    await bench.run('revert', bench.uri(file));
    assert.equal(fs.readFileSync(`${bench.root}/${file}`, 'utf8'), `${file}\n`, said());
    fs.rmSync(`${bench.root}/${file}.orig`);
    await bench.run('forget', bench.uri(file));
    assert.deepEqual(status(), [`R ${file}`]);
    await bench.run('add', bench.uri(file));
    assert.deepEqual(status(), []);
    await bench.run('remove', bench.uri(file));
    assert.deepEqual(status(), [`R ${file}`]);
    await bench.run('revert', bench.uri(file));
    assert.deepEqual(status(), []);
  }
});

test('shelves have the names that they were given', async t => {
  const { bench, choose } = await rig(t);
  choose(HOSTILE_SHELF);
  await bench.run('unshelveKeep');
  assert.equal(fs.readFileSync(`${bench.root}/plain`, 'utf8'), 'put aside\n', said());
  await bench.run('deleteShelved');
  assert.equal(bench.hg('--config', 'extensions.shelve=', 'shelve', '--list'), '');
  await bench.run('shelve', { name: HOSTILE_SHELF, message: '--help' });
  assert.match(bench.hg('--config', 'extensions.shelve=', 'shelve', '--list'), /^--config=alias\.unshelve.*--help$/m);
  await bench.run('unshelve');
  assert.equal(fs.readFileSync(`${bench.root}/plain`, 'utf8'), 'put aside\n', said());
});

test('a message and a file of a commit are what they are', async t => {
  const { bench, name, of } = await rig(t);
  fs.writeFileSync(`${bench.root}/--debugger`, 'changed and longer\n');
  await bench.refresh();
  await bench.run('include', bench.uri('--debugger'));
  bench.repository.view.sourceControl.inputBox.value = name;
  await bench.run('commitIncluded');
  assert.equal(of('.', '{desc} {files}'), `${name} --debugger`, said());
  await bench.run('undoCommit');
  assert.equal(of('.', '{rev}'), '2', said());
});
