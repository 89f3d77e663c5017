import assert from 'node:assert/strict';
import fs from 'node:fs';
import type { Uri } from 'vscode';
import { Bench, answerLists, hgAt, lines } from '../agreement.ts';
import { keepMessages } from '../messages.ts';
import { at, write } from '../outside.ts';

const CONFIRMED = { confirmed: true, permanently: true };

describe('files, names and repositories', () => {
  let bench: Bench;

  before(async () => {
    bench = await Bench.at(at('work'));
    assert.deepEqual(bench.rows(), {});
  });

  const bookmark = (): string | undefined => bench.repository.head?.bookmark;
  const status = (): string[] => lines(bench.asked('status'));

  async function commit(message: string): Promise<void> {
    bench.inputBox.value = message;
    assert.equal(await bench.does('commit'), true);
  }

  it('adds, forgets, and removes', async () => {
    write('work/kinds/added.txt', 'added\n');
    write('work/kinds/new.txt', 'new\n');
    await bench.comesToAgree('new files');
    await bench.does('add', bench.uri('kinds'), [bench.uri('kinds')]);
    assert.deepEqual(status(), ['A kinds/added.txt', 'A kinds/new.txt']);
    await bench.does('forget', bench.uri('kinds', 'new.txt'));
    assert.deepEqual(status(), ['A kinds/added.txt', '? kinds/new.txt']);
    await commit('Kinds');
    write('work/c.txt', 'c, with changes that are lost\n');
    await bench.does('remove', bench.uri('c.txt'), CONFIRMED);
    assert.deepEqual(status(), ['R c.txt', '? kinds/new.txt']);
    await bench.does('revert', bench.uri('c.txt'), CONFIRMED);
    assert.deepEqual(status(), ['? kinds/new.txt']);
  });

  it('renames and copies', async () => {
    await bench.does('renameFile', bench.uri('c.txt'), { to: 'kinds/-odd name.txt' });
    await bench.does('copyFile', bench.uri('b.txt'), { to: 'kinds/copy.txt' });
    assert.deepEqual(lines(bench.asked('status', '--copies', '--added')), [
      'A kinds/-odd name.txt',
      '  c.txt',
      'A kinds/copy.txt',
      '  b.txt',
    ]);
    await bench.does('revertAll', CONFIRMED);
    assert.deepEqual(status(), ['? kinds/-odd name.txt', '? kinds/copy.txt', '? kinds/new.txt']);
    const group = bench.api.view.groups(bench.repository.rootUri).find(({ id }) => id === 'untracked');
    assert.ok(group);
    await bench.does('deleteUntracked', ...group.resources, CONFIRMED);
    assert.deepEqual(status(), []);
  });

  it('discards changes, and keeps what they were beside them', async () => {
    write('work/b.txt', 'b, not wanted\n');
    await bench.comesToAgree('an edit');
    await bench.does('revert', bench.uri('b.txt'), CONFIRMED);
    assert.deepEqual(status(), ['? b.txt.orig']);
    assert.equal(fs.readFileSync(at('work', 'b.txt.orig'), 'utf8'), 'b, not wanted\n');
    await bench.does('deleteUntracked', bench.uri('b.txt.orig'), CONFIRMED);
  });

  it('finds out what was renamed elsewhere', async () => {
    fs.renameSync(at('work', 'b.txt'), at('work', 'found.txt'));
    await bench.comesToAgree('a rename elsewhere');
    const messages = keepMessages();
    await bench.does('addRemove');
    messages.dispose();
    assert.match(messages.shown.join(), /recording removal of b\.txt as rename to found\.txt/);
    await commit('Found');
  });

  it('ignores, after showing what that hides', async () => {
    write('work/out/one.o', 'one\n');
    write('work/out/two.o', 'two\n');
    await bench.comesToAgree('new files');
    const lists = answerLists('rootglob:out');
    assert.deepEqual(await bench.does('ignore', bench.uri('out', 'one.o')), ['rootglob:out']);
    lists.dispose();
    assert.equal(fs.readFileSync(at('work', '.hgignore'), 'utf8'), 'syntax: glob\n*.tmp\nrootglob:out\n');
    assert.deepEqual(status(), ['M .hgignore']);
    await commit('Ignored');
  });

  it('makes, moves, renames, activates and deletes bookmarks', async () => {
    await bench.does('createBookmark', { name: 'work in progress' });
    assert.equal(bookmark(), 'work in progress');
    await bench.does('deactivateBookmark');
    await bench.does('moveBookmark', { name: 'work in progress', revision: '.^' });
    await bench.does('renameBookmark', { name: 'work in progress', to: 'there' });
    await bench.does('activateBookmark', { name: 'there' });
    assert.equal(bookmark(), 'there');
    assert.equal(bench.log()[0], 'Found');
    await bench.does('deleteBookmark', { name: 'there', confirmed: true });
    assert.equal(bench.asked('bookmarks').includes('there'), false);
    await bench.does('update', { revision: 'default' });
  });

  it('makes and deletes tags, and starts a branch', async () => {
    await bench.does('createTag', { name: 'v 1', confirmed: true });
    assert.match(bench.log()[0] ?? '', /^Added tag v 1 for changeset/);
    await bench.does('createTag', { name: 'mine', local: true });
    await bench.does('deleteTag', { name: 'mine', confirmed: true });
    await bench.does('deleteTag', { name: 'v 1', confirmed: true });
    assert.match(bench.log()[0] ?? '', /^Removed tag v 1/);
    assert.deepEqual(lines(bench.asked('tags', '--quiet')), ['tip']);
    await bench.does('newBranch', { name: 'new line' });
    await commit('On the new line');
    assert.equal(bench.repository.head?.branch, 'new line');
  });

  it('continues and aborts what hg has begun', async () => {
    write('work/found.txt', 'found, here\n');
    await commit('Here');
    await bench.does('update', { revision: 'default' });
    write('work/found.txt', 'found, there\n');
    await commit('There');
    const graft = (): void =>
      assert.throws(() => hgAt(bench.root, 'graft', '--rev', '"new line"', '--tool', 'internal:merge'));
    graft();
    await bench.comesToAgree('a graft with a conflict');
    assert.equal(bench.repository.head?.operation, 'graft');
    await bench.does('abortOperation', CONFIRMED);
    assert.equal(bench.log()[0], 'There');
    graft();
    await bench.comesToAgree('a graft with a conflict');
    write('work/found.txt', 'found, everywhere\n');
    const messages = keepMessages('Not now');
    await bench.does('markResolved', bench.uri('found.txt'));
    messages.dispose();
    await bench.does('continueOperation');
    assert.equal(bench.log()[0], 'Here');
  });

  it('makes and clones repositories', async () => {
    const made = (await bench.run('init', { folder: at('made'), confirmed: true })) as Uri;
    assert.equal(made.fsPath, at('made'));
    assert.equal(hgAt(at('made'), 'root').trim(), at('made'));
    const options = { source: at('remote'), destination: at('cloned'), confirmed: true };
    await bench.run('clone', options);
    assert.equal(lines(hgAt(at('cloned'), 'paths', 'default'))[0], at('remote'));
  });
});
