// `quicksilver status` against `hg status`, byte for byte: stdout, what is complained of on stderr, and the exit code.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { errorMessage } from '../../src/base/errors.ts';
import { runCommandLine } from '../../src/cli/commands.ts';
import { EXIT_ERROR, utf8Bytes } from '../../src/cli/io.ts';
import { hgIsAtLeast } from '../support/hgVersion.ts';
import { hgAtOnce } from '../support/hgAtOnce.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

interface Run {
  readonly code: number | null;
  /** Byte strings. */
  readonly stdout: string;
  readonly stderr: string;
}

let base = '';
let root = '';

function hg(args: readonly string[], cwd = root, environment: Record<string, string> = {}): Run {
  const { code, stdout, stderr } = hgAtOnce(args, {
    cwd,
    env: { ...process.env, HGRCPATH: '', HGENCODING: 'utf-8', ...environment },
  });
  return { code, stdout: stdout.toString('latin1'), stderr: stderr.toString('latin1') };
}

async function quicksilver(
  args: readonly string[],
  cwd = root,
  environment: Record<string, string> = {},
): Promise<Run> {
  let stdout = '';
  let stderr = '';
  const saved = { ...process.env };
  // A shared server of whoever runs the tests is not asked.
  const noServer = { QUICKSILVER_RUNTIME_DIRECTORY: join(base, 'no-server') };
  Object.assign(process.env, { HGRCPATH: '', ...noServer }, environment);
  try {
    const code = await runCommandLine(args, {
      stdout: { write: bytes => void (stdout += bytes) },
      stderr: { write: bytes => void (stderr += bytes) },
      cwd,
      environment: process.env,
      platform: process.platform,
      signal: new AbortController().signal,
    });
    return { code, stdout, stderr };
  } catch (error) {
    return { code: EXIT_ERROR, stdout, stderr: `${stderr}abort: ${utf8Bytes(errorMessage(error))}\n` };
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in saved)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, saved);
  }
}

/** Both answer the same. The words of an abort are each program's own. */
async function same(args: readonly string[], cwd = root, environment: Record<string, string> = {}): Promise<Run> {
  const theirs = hg(['status', ...args], cwd, environment);
  const ours = await quicksilver(['status', ...args], cwd, environment);
  const label = `${cwd}: ${args.join(' ')}`;
  assert.equal(ours.stdout, theirs.stdout, label);
  assert.equal(ours.code, theirs.code, `${label}: ${ours.stderr}`);
  if (theirs.code === 0) assert.equal(ours.stderr, theirs.stderr, label);
  else assert.match(ours.stderr, /^abort: .*\n$/, label);
  return ours;
}

function write(path: string | Buffer, text: string): void {
  writeFileSync(typeof path === 'string' ? join(root, path) : Buffer.concat([Buffer.from(`${root}/`), path]), text);
}

const skip = process.platform === 'win32' ? 'the names used here are not possible on Windows' : false;

/** Patterns that older versions do not know, or for which they list no untracked files. */
const SINCE_7_2 = hgIsAtLeast(7, 2)
  ? ['rootfilesin:d', 'rootfilesin:d d/e', 'rootfilesin:d re:.*k', 'filepath:a', 'filepath:d/q', 'filepath:d']
      .concat(['filepath:nope a', 'filepath:./a filepath:d/e/../x', '-X filepath:a', '-I filepath:d/q', 'filepath:a/x'])
      .map(args => args.split(' '))
  : [];

describe('quicksilver status', { skip }, () => {
  before(() => {
    base = realpathSync(mkdtempSync(join(tmpdir(), 'quicksilver-cli-')));
    root = join(base, 'r');
    hg(['init', root], base);
    for (const directory of ['d/e', 'gone', 'build', 'nested', 'empty'])
      mkdirSync(join(root, directory), { recursive: true });
    for (const file of ['a', 'b', 'c', 'd/x', 'd/e/y', 'z', 'gone/f']) write(file, `${file}\n`);
    write('.hgignore', 'syntax: glob\n*.o\nbuild\n');
    hg(['add', '-q']);
    assert.equal(hg(['commit', '-m', 'one', '-u', 'x']).code, 0);
    write('a', 'changed\n');
    hg(['remove', 'b']);
    rmSync(join(root, 'c'));
    rmSync(join(root, 'gone'), { recursive: true });
    hg(['copy', 'z', 'z2']);
    hg(['move', 'd/x', 'd/x2']);
    write('d/q', '');
    write('d/e/k.o', '');
    write('build/product', '');
    for (const name of ['n\xe9', '\xc3\xa9', '\xed\xa0\x80', '\xed\xb3\xa9', '\xf0\x9f\x98\x80', 'x"\\\t\n\x01\x7f']) {
      write(Buffer.from(name, 'latin1'), '');
    }
    symlinkSync('d', join(root, 'link'));
    symlinkSync(root, join(base, 'other'));
    execFileSync('mkfifo', [join(root, 'fifo')]);
    hg(['init', join(root, 'nested')]);
    write('nested/k', '');
  });

  after(() => removeTree(base));

  test('every choice of statuses, alone and combined', async () => {
    for (const flags of [
      ...['', '-A', '-m', '-a', '-r', '-d', '-c', '-u', '-i', '-q', '-n', '-C', '-0'],
      ...['-mardu', '-mardui', '-ci', '-A -m', '-Aq', '-qu', '-An', '-A0', '-aC', '-nC', '-nC0', '-aCn0', '--all'],
      ...['--modified --added', '--mod', '--no-modified -c', '-A --no-all', '--status', '-m -n --status', '--cop -a'],
    ]) {
      await same(flags.split(' ').filter(flag => flag !== ''));
    }
  });

  test('JSON, with the bytes of every name', async () => {
    for (const flags of ['', '-A', '-C', '-AC', '-m', '-r -C', '-n', '-nC', '-0', '-c', '--template=json', '-i']) {
      const args = flags.startsWith('--template')
        ? [flags]
        : [...flags.split(' ').filter(flag => flag !== ''), '-Tjson'];
      await same(args);
    }
    assert.equal((await same(['-Tjson', 'empty'])).stdout, '[\n]\n');
  });

  test('paths, and what is complained of', async () => {
    for (const args of [
      ...[
        ['.'],
        ['d'],
        ['a'],
        ['b'],
        ['c'],
        ['gone'],
        ['gone/f'],
        ['d/'],
        ['a/'],
        ['./d//e/..'],
        ['d', 'a'],
        ['empty'],
      ],
      ...[
        ['nope'],
        ['nope', 'b/x', 'a/x', 'z', 'gone/g'],
        ['nope', './nope'],
        ['fifo', 'fifo/x'],
        ['link'],
        ['nested'],
      ],
      ...[['-A', 'd/e/k.o'], ['d/e/k.o'], ['-A', 'build'], ['-i', 'build/product'], ['-u', 'build/product'], ['']],
      ...[['--', '-m'], ['-m', '--'], ['path:d'], ['relpath:d'], ['path:nope'], ['foo:a'], ['path:'], ['path:.', 'a']],
    ]) {
      await same(args);
      await same(['-A', ...args]);
    }
  });

  test('patterns', async () => {
    for (const args of [
      ...[['glob:*'], ['glob:**'], ['glob:d/*'], ['glob:**.o', '-A'], ['glob:nope/*'], ['glob:nope'], ['glob:nope*/x']],
      ...[['re:d/'], ['re:.*x'], ['re:'], ['relre:x2?$'], ['relglob:x*'], ['rootglob:d/*'], ...SINCE_7_2],
      ...[['rootfilesin:nope'], ['a', 'glob:d/e/**', '-A'], ['glob:{a,b,d/q}'], ['glob:d/e/k.o', '-A']],
      ...[['re:('], ['glob:{a'], ['a', 'glob:[']],
    ]) {
      await same(args);
      await same(args, join(root, 'd'));
    }
  });

  test('paths that lead out of the working copy are errors', async () => {
    for (const args of [
      ['..'],
      ['/'],
      ['.hg'],
      ['.hg/store', 'a'],
      ['link/x2'],
      ['nested/k'],
      ['d/.hg/x'],
      ['glob:link/*'],
    ]) {
      assert.equal((await same(args)).code, EXIT_ERROR);
    }
  });

  test('where the command runs, and which paths it shows', async () => {
    for (const cwd of [root, join(root, 'd'), join(root, 'd', 'e'), base]) {
      for (const args of [
        [],
        ['-AC'],
        [root],
        ['-C', root],
        ['-R', root, '-A'],
        ['-R', root, root],
        ['-R', '.'],
        ['re:', '-m'],
      ]) {
        await same(args, cwd);
        await same(args, cwd, { HGPLAIN: '1' });
      }
    }
    await same(['..', '-C', 'nope', 'path:nope'], join(root, 'd'));
    await same(['../link', '.'], join(root, 'd', 'e'));
    await same([join(base, 'other', 'd')]);
    await same(['-R', join(base, 'other'), '-m', join(base, 'other')], base);
    await same(['--cwd', 'd', '-C', '.']);
    await same(['a', '-R', 'r'], base);
  });

  test('configuration decides which paths are shown, and what --quiet is', async () => {
    const rc = join(root, '.hg', 'hgrc');
    for (const text of [
      ...['[ui]\nrelative-paths = yes\n', '[ui]\nrelative-paths = no\n', '[ui]\nrelative-paths = legacy\n'],
      ...['[commands]\nstatus.relative = yes\n', '[commands]\nstatus.relative = no\n', '[ui]\nquiet = yes\n'],
      ...['[commands]\nstatus.relative = no\n[ui]\nrelative-paths = yes\n', '[commands]\nstatus.relative = bogus\n'],
      ...['[ui]\nrelative-paths = bogus\n', '[alias]\nx = status\n[defaults]\ncommit = -v\n', '[ui]\nverbose = yes\n'],
      ...['[ui]\nstatuscopies = yes\n', '[ui]\nquiet = yes\nverbose = yes\n', '[ui]\nslash = yes\n'],
    ]) {
      writeFileSync(rc, text);
      for (const environment of [{}, { HGPLAIN: '1' }]) {
        for (const args of [[], ['-C', '..'], ['nope'], ['-Tjson', '-m']])
          await same(args, join(root, 'd'), environment);
      }
    }
    rmSync(rc);
  });

  test('warnings about ignore files, and only where they are read', async () => {
    const file = join(root, '.hgignore');
    const original = readFileSync(file);
    for (const text of ['syntax: glob\n*.o\nsyntax: foo\nsubinclude:nope/x\ninclude:nope\n', '(\n', 'glob:{a\n']) {
      writeFileSync(file, text);
      for (const args of [[], ['-A'], ['-m'], ['-mardc'], ['-i'], ['-u', 'd']]) await same(args);
    }
    writeFileSync(file, original);
  });

  test('invalid rules that no path needs, which only a list of untracked files reads, in one thread and in several', async () => {
    const place = join(base, 'unneeded');
    hg(['init', place], base);
    mkdirSync(join(place, 'd'));
    for (const file of ['.hgignore', 'a', 'd/b']) writeFileSync(join(place, file), 'x\n');
    hg(['commit', '-q', '-A', '-m', 'one', '-u', 'x'], place);
    writeFileSync(join(place, '.hgignore'), 'syntax: regexp\ndeep/**\n');
    for (const bulk of [{}, { QUICKSILVER_BULK_NODES: '0' }]) {
      for (const args of ['-A', '-mardi', '-i', '-mardc'])
        assert.equal((await same([args], place, bulk)).code, 0, args);
      for (const args of ['-mardu', '-u']) assert.equal((await same([args], place, bulk)).code, EXIT_ERROR, args);
    }
  });

  test('no repository', async () => {
    await same([], base);
    await same(['-R', base]);
    await same(['-R', join(base, 'nope')]);
    const { stderr } = await quicksilver(['status'], base);
    assert.equal(stderr, `abort: no repository found in '${base}' (.hg not found)\n`);
  });

  test('what is not supported says so', async () => {
    for (const [args, message] of [
      [['-S', '--rev', '0'], '--subrepos with revisions is not supported yet'],
      [['-T', '{path}'], "template '{path}' is not supported: there is 'json'"],
      [['set:modified()'], "patterns of kind 'set:' are not supported: set:modified()"],
    ] as const) {
      assert.deepEqual(await quicksilver(['status', ...args]), {
        code: EXIT_ERROR,
        stdout: '',
        stderr: `abort: ${message}\n`,
      });
    }
  });

  test('contents in SQLite need the extension that keeps them there, however they are compressed', async t => {
    for (const compression of ['zlib', 'zstd', 'none']) {
      const place = join(base, `sqlite-${compression}`);
      const config = [
        ...['extensions.sqlitestore=', 'storage.new-repo-backend=sqlite'],
        `storage.sqlite.compression=${compression}`,
      ];
      const { code } = hg(['init', place, ...config.flatMap(item => ['--config', item])], base);
      if (code !== 0) {
        t.skip('this hg cannot make such a repository');
        return;
      }
      const { stderr } = await quicksilver(['status'], place);
      assert.match(
        stderr,
        /^abort: The requirement exp-sqlite-001 without the extension sqlitestore is not supported\.$/m,
      );
      writeFileSync(join(place, '.hg/hgrc'), '[extensions]\nsqlitestore =\n');
      writeFileSync(join(place, 'new'), '');
      assert.equal((await quicksilver(['status'], place)).stdout, '? new\n');
    }
  });

  test('--stats tells the work on stderr, and nothing else changes', async () => {
    const { stdout, stderr } = await quicksilver(['status', '-m', '--stats']);
    assert.equal(stdout, 'M a\n');
    assert.match(
      stderr,
      /^server: .+\nstats: [1-9]\d* lstat calls, [1-9]\d* directories read, \d+ files read \(\d+ bytes\), \d+ unsure, [\d.]+ ms\nnative code: .+\n$/,
    );
  });
});
