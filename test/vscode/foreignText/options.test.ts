// Names that hg would take for options, chosen in the real window and given to the real hg: none is run, and each stands
// for what it names.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { answerLists, Bench, hgAt } from '../agreement.ts';
import { answerDialogs } from '../dialogs.ts';
import { keepMessages } from '../messages.ts';
import { at, hg, write } from '../outside.ts';

/** hg loads this extension, a Python file, with any command that takes the name for an option. */
const NAME = (): string => `--config=extensions.x=${at('evil.py')}`;
/** Names of shelves have no slash. */
const SHELF = '--config=alias.unshelve=!touch $QUICKSILVER_MARKER';
const MARKER = (): string => at('marker');

describe('names that hg would take for options', () => {
  let bench: Bench;
  let root: string;

  const source = () => ({ rootUri: bench.repository.rootUri, inputBox: bench.inputBox });
  const isRun = (): boolean => fs.existsSync(MARKER());

  /** Runs a command; its lists get these answers. Returns the messages. */
  async function runs(command: string, rows: readonly string[], options: object = {}): Promise<string> {
    const messages = keepMessages();
    const lists = answerLists(...rows);
    try {
      await bench.run(command, source(), options);
    } finally {
      lists.dispose();
      messages.dispose();
    }
    assert.equal(isRun(), false, command);
    return messages.shown.join('\n');
  }

  const parent = (template: string): string => bench.asked('log', '--rev', '.', '--template', template);

  before(async function () {
    write('evil.py', `open(${JSON.stringify(MARKER())}, 'w').close()\n`);
    bench = await Bench.at(
      fs.realpathSync.native(
        fs
          .readdirSync(at())
          .map(name => at(name))
          .find(name => fs.existsSync(`${name}/.hg`))!,
      ),
    );
    root = bench.root;
    await hg(root, 'update', '--clean', '--rev', '0');
    await hg(root, 'branch', '--', NAME());
    fs.writeFileSync(`${root}/c.txt`, 'of the hostile branch\n');
    await hg(root, 'commit', '--message', 'hostile branch');
    await hg(root, 'tag', '--local', '--rev', '0', '--', `${NAME()}.tag`);
    await hg(root, 'bookmark', '--', `${NAME()}.bookmark`);
    await hg(root, 'update', '--rev', '0');
    fs.writeFileSync(`${root}/b.txt`, 'put aside\n');
    await hg(root, '--config', 'extensions.shelve=', 'shelve', `--name=${SHELF}`);
    await hg(at(), 'clone', '--rev', '0', root, 'other');
    const paths = {
      default: at('other'),
      evil: `ssh://-oProxyCommand=touch%20${MARKER()}/x`,
      '--debugger': '/nowhere',
    };
    const lines = Object.entries(paths).map(([name, url]) => `${name} = ${url}`);
    fs.writeFileSync(`${root}/.hg/hgrc`, `[paths]\n${lines.join('\n')}\n[ui]\ntimeout = 5\n`);
    await bench.repository.refresh();
  });

  it('run something where they are given as they are', async () => {
    await assert.rejects(hg(root, 'log', NAME(), '--rev', NAME()));
    assert.ok(isRun());
    fs.rmSync(MARKER());
  });

  it('are updated to, merged with and deactivated', async () => {
    await runs('update', [`$(git-branch) ${NAME()}`]);
    assert.equal(parent('{desc} {activebookmark}'), 'hostile branch ');
    await runs('update', [`$(tag) ${NAME()}.tag`]);
    assert.equal(parent('{rev}'), '0');
    await runs('update', [`$(bookmark) ${NAME()}.bookmark`]);
    assert.equal(parent('{activebookmark}'), `${NAME()}.bookmark`);
    await runs('deactivateBookmark', []);
    await runs('update', ['$(tag) tag'], { localChanges: 'discard' });
    await runs('mergeWith', [`$(bookmark) ${NAME()}.bookmark`]);
    assert.equal(bench.asked('log', '--rev', 'p2()', '--template', '{desc}'), 'hostile branch');
    await hg(root, 'update', '--clean', '--rev', '0');
    await bench.repository.refresh();
  });

  it('are remotes, branches and bookmarks of a push and a pull', async () => {
    assert.match(await runs('pullFrom', ['$(remote) evil']), /potentially unsafe url/);
    assert.match(await runs('pullFrom', ['$(remote) --debugger']), /repository \/nowhere not found/);
    assert.match(await runs('pushTo', ['$(remote) evil']), /potentially unsafe url/);
    await runs('update', [`$(git-branch) ${NAME()}`]);
    const there = (): string => hgAt(at('other'), 'log', '--template', '{desc|firstline}|{bookmarks};');
    await runs('pushBranch', [], { confirmed: true });
    assert.equal(there(), 'hostile branch|;First commit|;');
    await runs('pushBookmark', [`$(bookmark) ${NAME()}.bookmark`], { confirmed: true });
    assert.equal(there(), `hostile branch|${NAME()}.bookmark;First commit|;`);
  });

  it('are renamed and deleted, and a shelf comes back', async () => {
    await runs('renameBookmark', [`$(bookmark) ${NAME()}.bookmark`], { to: `${NAME()}.renamed` });
    assert.match(bench.asked('bookmarks'), /evil\.py\.renamed/);
    const dialogs = answerDialogs('Delete', 'Delete');
    const lists = answerLists(`$(bookmark) ${NAME()}.renamed`, `$(tag) ${NAME()}.tag`);
    await bench.run('deleteBookmark', source());
    await bench.run('deleteTag', source());
    lists.dispose();
    dialogs.dispose();
    assert.doesNotMatch(bench.asked('bookmarks') + bench.asked('tags'), /evil\.py/);
    await runs('unshelve', [`$(archive) ${SHELF}`]);
    assert.equal(fs.readFileSync(`${root}/b.txt`, 'utf8'), 'put aside\n');
    assert.equal(isRun(), false);
  });

  it('are files, renamed and added', async () => {
    fs.writeFileSync(`${root}/--debugger`, 'a file\n');
    await bench.repository.refresh();
    await bench.run('add', bench.uri('--debugger'));
    await bench.run('renameFile', bench.uri('--debugger'), { to: '--help' });
    assert.equal(bench.asked('status', '--added', '--no-status'), '--help\n');
    assert.equal(isRun(), false);
  });
});
