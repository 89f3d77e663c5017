// `quicksilver status --subrepos` against `hg`: nested subrepositories, each with changes of every kind.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test, type TestContext } from 'node:test';
import { runCommandLine } from '../../src/cli/commands.ts';
import { QuicksilverError } from '../../src/base/errors.ts';
import { hgAtOnce } from '../support/hgAtOnce.ts';
import { HgSandbox } from '../support/hgSandbox.ts';

function environment(): NodeJS.ProcessEnv {
  return { ...process.env, HGRCPATH: '', HGPLAIN: '1', HGENCODING: 'utf-8' };
}

async function ours(args: readonly string[], cwd: string): Promise<string> {
  let stdout = '';
  const saved = process.env['HGRCPATH'];
  process.env['HGRCPATH'] = '';
  try {
    await runCommandLine(args, {
      stdout: { write: bytes => void (stdout += bytes) },
      stderr: { write: bytes => void (stdout += bytes) },
      cwd,
      environment: environment(),
      platform: process.platform,
      signal: new AbortController().signal,
    });
  } finally {
    if (saved === undefined) delete process.env['HGRCPATH'];
    else process.env['HGRCPATH'] = saved;
  }
  return stdout;
}

async function assertSame(args: readonly string[], cwd: string): Promise<string> {
  const { stdout, stderr } = hgAtOnce(args, { cwd, env: environment() });
  const expected = stderr.toString('latin1') + stdout.toString('latin1');
  assert.equal(await ours(args, cwd), expected, `${cwd}: ${args.join(' ')}`);
  return expected;
}

/** A repository with the subrepositories `lib` and `sub`, and `sub/inner` in that. */
function nested(t: TestContext): { sandbox: HgSandbox; root: string } {
  const sandbox = new HgSandbox();
  t.after(() => sandbox.dispose());
  const places = ['sub/inner', 'sub', 'lib', ''];
  const parts: Record<string, string> = { sub: 'inner = inner\n', '': 'sub = sub\nlib = lib\n' };
  for (const place of ['', 'lib', 'sub', 'sub/inner']) sandbox.hg('.', ['init', path.posix.join('repo', place)]);
  for (const place of places) {
    const at = path.posix.join('repo', place);
    for (const name of ['clean', 'changed', 'removed', 'missing', 'd/copied'])
      sandbox.write(at, name, `${place}${name}\n`);
    sandbox.write(at, '.hgignore', 'syntax: glob\n*.o\n');
    if (parts[place] !== undefined) sandbox.write(at, '.hgsub', parts[place]);
    sandbox.hg(at, ['commit', '-qAm', 'one']);
  }
  for (const place of places) {
    const at = path.posix.join('repo', place);
    sandbox.write(at, 'changed', `${place} something else\n`);
    sandbox.write(at, 'new', 'new\n');
    sandbox.write(at, 'd/x.o', 'o\n');
    sandbox.hg(at, ['remove', '-q', 'removed']);
    sandbox.hg(at, ['copy', '-q', 'd/copied', 'copy']);
    fs.rmSync(sandbox.path(`${at}/missing`));
  }
  return { sandbox, root: sandbox.path('repo') };
}

test('status --subrepos is that of hg', { timeout: 600_000 }, async t => {
  const { sandbox, root } = nested(t);
  const options = ['', '-A', '-i', '-c -m', '-C', '-u', '-q', '-n', '-0', '-T json', '-t mardu', '-t mic -A'];
  const patterns = ['-X sub', '-I **.o -i', '-X **new', '-I re:new$'];
  for (const args of [...options, ...patterns]) {
    await assertSame(['status', '-S', ...args.split(' ').filter(word => word !== '')], root);
  }
  await assertSame(['status', '-S'], path.join(root, 'd'));
  await assertSame(['status', '-S'], path.join(root, 'sub'));
  // Commits that the repositories around do not record yet.
  sandbox.hg('repo/sub/inner', ['commit', '-qm', 'two', 'changed']);
  sandbox.hg('repo/lib', ['commit', '-qm', 'two']);
  assert.match(await assertSame(['status', '-S'], root), /^M lib\/changed$/m);
  await assertSame(['status', '-S', '-A'], root);
  // Another revision than the recorded one.
  sandbox.hg('repo/lib', ['update', '-qC', 'null']);
  await assertSame(['status', '-S'], root);
});

test('paths and patterns select files of subrepositories as for hg', { timeout: 600_000 }, async t => {
  const { sandbox, root } = nested(t);
  const selections = [
    ...[
      'sub',
      'sub/changed lib',
      'sub/inner/d',
      'sub/missing',
      'sub/removed',
      'sub/new d',
      'glob:**/new',
      're:.*changed',
    ],
    ...['re:sub/ch', 'relglob:new', 'path:lib', 'sub/inner/nosuch', 'sub/nosuch nosuch lib/nosuch', '.', 'new clean'],
    ...[
      'sub/d/../new',
      'glob:sub/*',
      'glob:s*/*',
      'glob:nosuch/*',
      'glob:sub/nosuch/*',
      'rootglob:sub/n*',
      'sub/inner',
    ],
    ...['-I sub/new sub', '-I sub/inner', 'sub -X sub/inner', '-A sub/inner', '-T json sub', '-i sub', '-u lib/d'],
  ];
  for (const selection of selections) {
    await assertSame(['status', '-S', ...selection.split(' ')], root);
    // Without the option a path within a subrepository is nothing to complain about, and selects nothing.
    await assertSame(['status', ...selection.split(' ')], root);
  }
  for (const selection of ['.', '../sub', '../sub/d', '../sub/nosuch nosuch ../lib/nosuch', '../sub/inner/changed']) {
    await assertSame(['status', '-S', ...selection.split(' ')], path.join(root, 'd'));
    await assertSame(['status', ...selection.split(' ')], path.join(root, 'd'));
  }
  await assertSame(['status', '-S', 'inner/new', 'nosuch'], path.join(root, 'sub'));
  // A repository that nothing records is none of them.
  sandbox.hg('repo', ['init', 'sub/other']);
  for (const args of [['-S'], []]) {
    await assert.rejects(
      ours(['status', ...args, 'sub/other/x'], root),
      /belongs to the nested repository 'sub\/other'/,
    );
    assert.match(
      hgAtOnce(['status', ...args, 'sub/other/x'], { cwd: root, env: environment() }).stderr.toString(),
      /nested/,
    );
  }
  await assertSame(['status', '-S', 'sub/other'], root);
  // The list of subrepositories counts, whatever is selected.
  sandbox.write('repo', '.hgsub', 'sub = sub\nlib = lib\nmore = more\n');
  await assert.rejects(ours(['status', '-S', 'sub'], root), /Uncommitted changes of \.hgsub/);
});

test('a repository without subrepositories has the status of hg', async t => {
  const sandbox = new HgSandbox();
  t.after(() => sandbox.dispose());
  sandbox.hg('.', ['init', 'repo']);
  sandbox.write('repo', 'a', 'a\n');
  await assertSame(['status', '-S'], sandbox.path('repo'));
});

test('there is no answer where hg would do more than read, or needs another program', async t => {
  const { sandbox, root } = nested(t);
  const refuses = (pattern: RegExp): Promise<void> =>
    assert.rejects(
      ours(['status', '-S'], root),
      (error: unknown) =>
        error instanceof QuicksilverError && error.code === 'unsupported' && pattern.test(error.message),
    );
  fs.renameSync(path.join(root, 'lib'), path.join(root, 'moved'));
  await refuses(/The subrepository lib is not there/);
  assert.ok(!fs.existsSync(path.join(root, 'lib')));
  fs.renameSync(path.join(root, 'moved'), path.join(root, 'lib'));
  sandbox.write('repo', '.hgsub', 'sub = sub\nlib = lib\nother = other\n');
  await refuses(/Uncommitted changes of \.hgsub/);
  // hg aborts before it looks for changes of the list.
  sandbox.write('repo', '.hgsub', 'sub = sub\nlib = lib\nother = [git]other\n');
  await assert.rejects(ours(['status', '-S'], root), { code: 'usage', message: /not allowed .*: other$/ });
  const { stderr } = hgAtOnce(['status', '-S'], { cwd: root, env: environment() });
  assert.match(stderr.toString(), /^abort: git subrepos not allowed$/m);
});
