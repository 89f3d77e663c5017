// What the commands of the command line write to a terminal, in repositories in which every name is hostile: no name moves
// the cursor, begins a line or a style, or hides or reorders what is beside it. To a file they write each byte.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { outputForTerminal } from '../../src/base/foreignText.ts';
import { runCommandLine } from '../../src/cli/commands.ts';
import { BazaarSandbox, BazaarTree, NEEDS_BRZ } from '../support/bazaarSandbox.ts';
import { bareRepository, DaemonRig } from '../support/daemonRig.ts';
import { GitSandbox } from '../support/gitSandbox.ts';
import { HgSandbox } from '../support/hgSandbox.ts';

/** A style, a control of eight bits, a mark that reorders, and one that is not seen. */
const UNSEEN = '\x1b[0;31m\x9b31m\u202egpj\u200b';
const NAME = `a${UNSEEN}`;
/** A name that pretends to be another line. */
const TWO_LINES = `b\n! pretended${UNSEEN}`;

const HARMFUL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069]|^! pretended/m;

const NO_SERVER = { QUICKSILVER_RUNTIME_DIRECTORY: '/nonexistent' };

const NEEDS_LINUX = { skip: process.platform !== 'linux' && 'only Linux has exact answers' };

interface Output {
  readonly all: string;
  readonly code: number;
}

/** @param terminal as `main.ts` writes to one */
async function run(
  cwd: string,
  args: readonly string[],
  terminal = true,
  variables: Readonly<Record<string, string | undefined>> = {},
): Promise<Output> {
  let bytes = '';
  const sink = () => {
    const harmless = outputForTerminal();
    return terminal
      ? { write: (text: string) => void (bytes += harmless(text)), isTerminal: true }
      : { write: (text: string) => void (bytes += text) };
  };
  const code = await runCommandLine(args, {
    stdout: sink(),
    stderr: sink(),
    cwd,
    environment: { ...NO_SERVER, TERM: 'dumb', HOME: path.dirname(cwd), ...variables },
    platform: process.platform,
    signal: new AbortController().signal,
  });
  return { all: Buffer.from(bytes, 'latin1').toString('utf8'), code };
}

async function assertHarmless(cwd: string, commands: readonly (readonly string[])[]): Promise<void> {
  for (const args of commands) {
    const { all, code } = await run(cwd, args);
    assert.doesNotMatch(all, HARMFUL, args.join(' '));
    assert.equal(code, 0, `${args.join(' ')}: ${all}`);
    assert.match(all, /\\u202e/, `${args.join(' ')} shows a name: ${all}`);
  }
}

function mercurial(t: TestContext): string {
  const sandbox = new HgSandbox();
  t.after(() => sandbox.dispose());
  sandbox.hg('.', ['init', 'repo']);
  const write = (name: string, text: string): void =>
    sandbox.write('repo', Buffer.from(name, 'utf8').toString('latin1'), text);
  const hg = (...args: readonly string[]): void => void sandbox.hg('repo', args);
  write(NAME, 'one\n');
  write('.hgignore', '^ignored.*gpj\n');
  hg('branch', '-q', '--', `branch ${NAME}`);
  hg('commit', '-q', '--addremove', '--user', `Eve ${NAME} <e@e>`, '--message', `summary ${NAME}\n\nbody ${NAME}`);
  hg('bookmark', '--', `bookmark ${NAME}`);
  hg('tag', '--local', '--', `tag ${NAME}`);
  write(NAME, 'one\ntwo\n');
  write(`new ${NAME}`, '');
  return sandbox.path('repo');
}

describe('names that are hostile to a terminal', () => {
  it('are harmless in what is shown of a Mercurial repository', async t => {
    const root = mercurial(t);
    await assertHarmless(root, [
      ['status'],
      ['status', '-T', 'json'],
      ['status', '--rev', 'null'],
      ['status', '--change', '0'],
      ['log'],
      ['log', '--verbose'],
      ['log', '-T', 'json'],
      ['annotate', '--user', '--file', '--verbose', NAME],
      ['annotate', '--user', '--file', '-T', 'json', NAME],
      ['debugignore', `ignored ${NAME}`],
      ['doctor', '--no-hg'],
    ]);
    const { all } = await run(root, ['annotate', '--file', '--rev', '0', NAME], false);
    assert.equal(all, `${NAME}: one\n`, 'a file gets every byte');
  });

  it('are harmless in what is shown of a Git repository', async t => {
    const sandbox = new GitSandbox();
    t.after(() => sandbox.dispose());
    const tree = sandbox.init('repo');
    const write = (name: string, text: string): void => tree.write(name, text);
    for (const name of [NAME, TWO_LINES]) write(name, 'one\n');
    tree.git('add', '--all');
    tree.git('commit', '-q', '-m', 'first');
    // A branch has no control characters.
    tree.git('checkout', '-q', '-b', 'branch\u202e\u200b');
    for (const name of [NAME, TWO_LINES]) write(name, 'two\nlines\n');
    tree.git('mv', TWO_LINES, `${TWO_LINES} moved`);
    write(`new ${NAME}`, '');
    tree.git('config', 'core.quotePath', 'false');
    await assertHarmless(tree.root, [
      ['status', '--branch'],
      ['status', '--porcelain', '--branch'],
      ['status', '--porcelain=v2', '--branch'],
      ['status', '-z'],
      ['status', '-T', 'json'],
    ]);
    assert.match((await run(tree.root, ['status', '--porcelain', '-z'], false)).all, /\n! pretended/);
  });

  it('are harmless in what is shown of a Bazaar working tree', NEEDS_BRZ, async t => {
    const sandbox = new BazaarSandbox();
    t.after(() => sandbox.dispose());
    const tree = sandbox.init('repo');
    tree.write(NAME, 'one\n');
    tree.write('ignored', '');
    tree.brz('add', '-q');
    tree.brz('commit', '-q', '-m', 'first');
    tree.brz('branch', '-q', '.', '../other');
    const other = path.join(sandbox.base, 'other');
    const more = new BazaarTree(sandbox, other);
    assert.equal(more.brz('commit', '-q', '--unchanged', `--author=Eve ${NAME}`, '-m', `summary ${NAME}`), 0);
    assert.equal(tree.brz('merge', '-q', other), 0);
    tree.write(NAME, 'two\nlines\n');
    tree.write(`new ${NAME}`, '');
    await assertHarmless(tree.root, [
      ['status'],
      ['status', '-S'],
      ['status', '--show-ids'],
      ['status', '-V'],
      ['status', '-T', 'json'],
      ['status', '-r', '0..1'],
    ]);
    assert.ok((await run(tree.root, ['status', '-S'], false)).all.includes(`M  ${NAME}`));
  });

  it('are harmless in the lists and the log of the shared server', NEEDS_LINUX, async t => {
    const rig = new DaemonRig();
    t.after(() => rig.dispose());
    await rig.daemon().start();
    const root = bareRepository(path.join(rig.base, NAME));
    await rig.answer('status', root);
    fs.writeFileSync(rig.directory.logFile, `${NAME}\n`);
    for (const args of [['list'], ['list', '--json'], ['log']]) {
      const { all } = await run(rig.base, ['daemon', ...args], true, rig.variables);
      assert.doesNotMatch(all, HARMFUL, args.join(' '));
      assert.match(all, /\\u202e/, args.join(' '));
    }
  });
});
