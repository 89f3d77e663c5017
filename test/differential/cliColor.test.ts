// Colors of `quicksilver status` against those of `hg status`: styles, switches, configuration and environment.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runCommandLine } from '../../src/cli/commands.ts';
import { hgAtOnce } from '../support/hgAtOnce.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

type Environment = Readonly<Record<string, string>>;

interface Case {
  readonly config?: string;
  readonly args?: readonly string[];
  readonly env?: Environment;
}

let root = '';

function hg(args: readonly string[], env: Environment = {}): { stdout: string; stderr: string } {
  const { stdout, stderr } = hgAtOnce(args, { cwd: root, env: { ...cleanEnvironment(), ...env } });
  return { stdout: stdout.toString('latin1'), stderr: stderr.toString('latin1') };
}

async function quicksilver(
  args: readonly string[],
  env: Environment = {},
  isTerminal = false,
): Promise<{ stdout: string; stderr: string }> {
  let stdout = '';
  let stderr = '';
  const saved = process.env['HGRCPATH'];
  process.env['HGRCPATH'] = '';
  try {
    await runCommandLine(args, {
      stdout: { write: bytes => void (stdout += bytes), isTerminal },
      stderr: { write: bytes => void (stderr += bytes) },
      cwd: root,
      environment: { ...cleanEnvironment(), ...env },
      platform: process.platform,
      signal: new AbortController().signal,
    });
  } finally {
    if (saved === undefined) delete process.env['HGRCPATH'];
    else process.env['HGRCPATH'] = saved;
  }
  return { stdout, stderr };
}

/** Returns the environment without anything that decides about colors. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const deciding = ['HGPLAIN', 'HGPLAINEXCEPT', 'NO_COLOR'];
  const rest = Object.entries(process.env).filter(([name]) => !deciding.includes(name));
  // A pager need not exist: hg warns about a missing one.
  return { ...Object.fromEntries(rest), HGRCPATH: '', HGENCODING: 'utf-8', TERM: 'xterm', PAGER: 'cat' };
}

/** Asserts that both programs write the same text, and the same set of lines on stderr: hg repeats its warnings. */
async function same({ config = '', args = [], env = {} }: Case): Promise<string> {
  writeFileSync(join(root, '.hg', 'hgrc'), config);
  const theirs = hg(['status', ...args], env);
  const ours = await quicksilver(['status', ...args], env);
  const label = `${args.join(' ')} ${JSON.stringify(env)}\n${config}`;
  assert.equal(ours.stdout, theirs.stdout, label);
  assert.deepEqual(ours.stderr.split('\n'), [...new Set(theirs.stderr.split('\n'))], label);
  return ours.stdout;
}

const skip = process.platform === 'win32' ? 'line breaks in names are not possible on Windows' : false;

describe('colors', { skip }, () => {
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'quicksilver-color-'));
    hg(['init', '.']);
    for (const name of ['a', 'b', 'c', 'd', 'e']) writeFileSync(join(root, name), name);
    writeFileSync(join(root, '.hgignore'), 'syntax: glob\n*.o\n');
    hg(['commit', '-qAm', 'one', '-u', 'x']);
    hg(['remove', '-q', 'b']);
    hg(['copy', '-q', 'd', 'g']);
    hg(['rename', '-q', 'e', 'h']);
    rmSync(join(root, 'c'));
    for (const name of ['a', 'new', 'x.o', 'two\nlines', 'end\n']) writeFileSync(join(root, name), 'changed');
  });

  after(() => removeTree(root));

  test('every status has the colors of hg', async () => {
    const colored = await same({ args: ['-A', '--color=always'] });
    assert.match(colored, /\x1b\[0;34;1mM \x1b\[0m\x1b\[0;34;1ma\x1b\[0m\n/);
    for (const args of ['-n', '-0C', '-nC', '-Tjson', '-C', '-A0', '--rev 0', '--change 0', '--rev 0 -C']) {
      await same({ args: [...args.split(' '), '--color=always'] });
      await same({ args: [...args.split(' '), '--color=debug'] });
    }
  });

  test('options, configuration and environment switch colors on and off', async () => {
    for (const value of ['always', 'ALWAYS', 'yes', '1', 'on', 'auto', 'never', 'no', 'bogus', 'debug', 'Debug', '']) {
      await same({ args: ['-m', `--color=${value}`] });
      await same({ args: ['-m'], config: `[ui]\ncolor=${value}\n` });
      await same({ args: ['-m'], config: `[ui]\nformatted=yes\ncolor=${value}\n` });
    }
    const formatted = '[ui]\nformatted=yes\n';
    assert.match(await same({ args: ['-m'], config: formatted }), /\x1b/);
    for (const mode of ['auto', 'ansi', 'bogus']) {
      await same({ args: ['-m'], config: `${formatted}[color]\nmode=${mode}\n` });
    }
    for (const env of [
      { TERM: 'dumb' },
      { HGPLAIN: '' },
      { HGPLAIN: '1', HGPLAINEXCEPT: 'i18n' },
      { HGPLAIN: '1', HGPLAINEXCEPT: 'i18n,color' },
      { HGPLAINEXCEPT: '' },
      { HGPLAINEXCEPT: ' color ' },
    ]) {
      await same({ args: ['-m'], config: formatted, env });
      await same({ args: ['-m', '--color=always'], env });
      await same({ args: ['-m', '--color=debug'], env });
    }
  });

  test('styles come from the configuration', async () => {
    const always = '[ui]\ncolor=always\n[color]\n';
    for (const style of [
      'status.modified = red',
      'status.modified = "blue" red,,bold',
      'status.modified = dim italic inverse red_background none',
      'status.modified = white_background, black',
      'status.modified =',
      'status.modified = none',
      'status.modified = BOLD',
      'status.modified = bold bogus',
      'status.copied = green\nstatus.clean = yellow underline\nstatus.other = x',
      'status = bogus\ncolor.foo = bogus\nterminfo.foo = bogus\ndiff.inserted = bogus',
    ]) {
      await same({ args: ['-mcC'], config: `${always}${style}\n` });
    }
  });

  test('a terminal gets colors, NO_COLOR takes them away, and an explicit choice wins', async () => {
    writeFileSync(join(root, '.hg', 'hgrc'), '');
    const isColored = async (args: readonly string[], env: Environment): Promise<boolean> =>
      (await quicksilver(['status', '-m', ...args], env, true)).stdout.includes('\x1b');
    assert.equal(await isColored([], {}), true);
    assert.equal(await isColored([], { NO_COLOR: '' }), true);
    assert.equal(await isColored([], { NO_COLOR: '1' }), false);
    assert.equal(await isColored(['--color=always'], { NO_COLOR: '1' }), true);
    assert.equal(await isColored(['--color=never'], {}), false);
    assert.equal(await isColored([], { TERM: 'dumb' }), false);
    writeFileSync(join(root, '.hg', 'hgrc'), '[ui]\ncolor=always\n');
    assert.equal(await isColored([], { NO_COLOR: '1' }), true);
  });

  test('in a real terminal both programs write the same', { skip: process.platform !== 'linux' }, () => {
    writeFileSync(join(root, '.hg', 'hgrc'), '[ui]\npaginate=no\n');
    const inTerminal = (command: string): string =>
      execFileSync('script', ['-qec', command, '/dev/null'], {
        cwd: root,
        env: cleanEnvironment(),
        encoding: 'latin1',
        input: '',
      });
    assert.equal(spawnSync('script', ['--version']).status, 0, 'util-linux is installed');
    const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
    const tsx = import.meta.resolve('tsx');
    const ours = inTerminal(`'${process.execPath}' --import '${tsx}' '${main}' status -mar`);
    assert.equal(ours, inTerminal('hg status -mar'));
    assert.match(ours, /\x1b\[0;34;1mM /);
  });
});
