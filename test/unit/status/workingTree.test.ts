// Names that are no text, directories that cannot be read, and failures that say nothing of the file.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { test, type TestContext } from 'node:test';
import { bytePath } from '../../../src/base/bytePath.ts';
import { QuicksilverError } from '../../../src/base/errors.ts';
import { newWorkCounters } from '../../../src/status/types.ts';
import { WorkingTree } from '../../../src/status/workingTree.ts';
import { fakeInput } from '../../support/fakeStatCache.ts';
import { OLD_SECONDS, temporaryDirectory } from '../../support/temporaryDirectory.ts';
import { outcomeOf, statusOf } from './statusRun.ts';

const onLinux = process.platform === 'linux';
const isRoot = process.getuid?.() === 0;

/** Makes a function of `fs` fail with a system error wherever `fails` says so. */
function failing(
  t: TestContext,
  name: 'readdirSync' | 'lstatSync' | 'openSync',
  code: string,
  fails: (path: string, options: unknown) => boolean,
): void {
  const original = fs[name] as (...args: unknown[]) => unknown;
  const replaced = t.mock.method(fs, name, (...args: unknown[]) => {
    if (fails(String(args[0]), args[1])) throw Object.assign(new Error(`${code}: refused`), { code });
    return original(...args);
  });
  syncBuiltinESMExports();
  t.after(() => {
    replaced.mock.restore();
    syncBuiltinESMExports();
  });
}

test('names that are not UTF-8, and names with newlines', { skip: !onLinux }, async t => {
  const names = ['\xff\xfe', 'latin1-\xe4', 'gr\xc3\xbc\xc3\x9fe', 'line\nbreak', 'tab\t', ' ', '-', 'back\\slash'];
  const directory = temporaryDirectory(t);
  for (const name of names) {
    directory.write(`${name}/tracked`, '1');
    directory.write(`${name}/unknown`);
  }
  const entries = names.map(name => ({ path: `${name}/tracked`, size: 1, mtime: OLD_SECONDS }));
  const { entries: found, outcome } = await statusOf(fakeInput({ root: directory.root, entries }));
  assert.deepEqual(
    found.map(({ path, status }) => `${status} ${path}`).sort(),
    names.flatMap(name => [`clean ${name}/tracked`, `unknown ${name}/unknown`]).sort(),
  );
  assert.deepEqual(outcome, outcomeOf({ stats: names.length, directoriesRead: names.length + 1 }));
});

test('names are merged in the order of their bytes', async t => {
  // '-' and '.' sort before '/', letters after it: an order of whole paths would be another one.
  const names = ['a', 'a-b', 'a.b', 'aa', 'a b', 'A', 'Z', '~', ...(onLinux ? ['\x80', '\xff'] : [])];
  const directory = temporaryDirectory(t);
  for (const name of names) directory.write(`${name}x/f`, '1');
  for (const name of names) directory.write(name, '1');
  const paths = names.flatMap(name => [name, `${name}x/f`]);
  const entries = paths.map(path => ({ path, size: 1, mtime: OLD_SECONDS }));
  const { entries: found } = await statusOf(fakeInput({ root: directory.root, entries }));
  assert.deepEqual(
    found.map(({ path, status }) => `${status} ${path}`).sort(),
    paths.map(path => `clean ${path}`).sort(),
  );
});

test('a directory that cannot be listed is reported, and what is recorded in it is looked at', async t => {
  const directory = temporaryDirectory(t).files({ 'closed/tracked': '1', 'closed/unknown': '', open: '' });
  failing(t, 'readdirSync', 'EACCES', path => path.endsWith('/closed'));
  const input = fakeInput({
    root: directory.root,
    entries: [
      { path: 'closed/tracked', size: 1, mtime: OLD_SECONDS },
      { path: 'closed/gone', size: 1 },
    ],
  });
  const { lines, unreadable, outcome } = await statusOf(input, { forms: false });
  assert.deepEqual(lines, ['! closed/gone', '? open', 'C closed/tracked']);
  assert.deepEqual(unreadable, [{ path: 'closed', code: 'EACCES' }]);
  assert.deepEqual(outcome, outcomeOf({ stats: 3, directoriesRead: 2 }));
});

test('a directory without any permission', { skip: isRoot || !onLinux }, async t => {
  const directory = temporaryDirectory(t).files({ 'closed/tracked': '1', 'closed/unknown': '' });
  directory.chmod('closed', 0);
  const entries = [{ path: 'closed/tracked', size: 1, mtime: OLD_SECONDS }];
  const { lines, unreadable } = await statusOf(fakeInput({ root: directory.root, entries }));
  directory.chmod('closed', 0o700);
  assert.deepEqual(lines, ['! closed/tracked']);
  assert.deepEqual([...new Set(unreadable.map(({ code }) => code))], ['EACCES']);
});

test('a file below a path longer than the system takes is reported and deleted', { skip: !onLinux }, async t => {
  const directory = temporaryDirectory(t);
  const long = 'n'.repeat(300);
  const { lines, unreadable } = await statusOf(
    fakeInput({ root: directory.root, entries: [{ path: `d/${long}`, size: 1 }] }),
    { paths: [`d/${long}`] },
  );
  assert.deepEqual(lines, [`! d/${long}`]);
  assert.deepEqual(unreadable, []);
  directory.mkdir('d');
  const again = await statusOf(fakeInput({ root: directory.root, entries: [{ path: `d/${long}`, size: 1 }] }), {
    paths: [`d/${long}`],
  });
  assert.deepEqual(again.lines, [`! d/${long}`]);
  assert.deepEqual(again.unreadable, [{ path: `d/${long}`, code: 'ENAMETOOLONG' }]);
});

test('an unsure file that cannot be opened counts as deleted, and that is not remembered', async t => {
  const directory = temporaryDirectory(t).files({ f: '1' });
  failing(t, 'openSync', 'EACCES', path => path.endsWith('/f'));
  const input = fakeInput({ root: directory.root, entries: [{ path: 'f', size: 1 }], base: { f: { content: '1' } } });
  const { lines, outcome } = await statusOf(input);
  assert.deepEqual(lines, ['! f']);
  assert.deepEqual(outcome, outcomeOf({ stats: 1, directoriesRead: 1, unsure: 1, filesRead: 1 }));
});

for (const [name, code] of [
  ['readdirSync', 'EMFILE'],
  ['lstatSync', 'EIO'],
  ['openSync', 'ENFILE'],
] as const) {
  test(`${name} failing with ${code} makes no answer up`, async t => {
    const directory = temporaryDirectory(t).files({ 'd/f': '1' });
    failing(t, name, code, path => path.startsWith(`${directory.root}/d`));
    const input = fakeInput({ root: directory.root, entries: [{ path: 'd/f' }], base: { 'd/f': { content: '1' } } });
    await assert.rejects(statusOf(input), error => error instanceof QuicksilverError && error.code === 'io');
  });
}

test('a vanished root: everything recorded is deleted', async t => {
  const directory = temporaryDirectory(t);
  const input = fakeInput({
    root: `${directory.root}/gone`,
    entries: [
      { path: 'f', size: 1 },
      { path: 'd/f', kind: 'added' },
      { path: 'r', kind: 'removed' },
    ],
  });
  const { lines, unreadable } = await statusOf(input);
  assert.deepEqual(lines, ['! d/f', '! f', 'R r']);
  assert.deepEqual(unreadable, []);
});

test('a file system that does not tell kinds with names is asked name by name', async t => {
  const directory = temporaryDirectory(t).files({ 'd/f': '', g: '', '\xff': '' });
  directory.symlink('g', 'l');
  failing(t, 'readdirSync', 'ENOENT', (_path, options) => (options as { withFileTypes?: true }).withFileTypes === true);
  const { entries, outcome } = await statusOf(fakeInput({ root: directory.root }));
  assert.deepEqual(entries.map(({ path }) => path).sort(), ['d/f', 'g', 'l', '\xff']);
  assert.deepEqual(outcome, outcomeOf({ stats: 6, directoriesRead: 2 }));
});

test('what lstat says', { skip: !onLinux }, t => {
  const directory = temporaryDirectory(t).files({ f: '12345', 'd/f': '' });
  directory.symlink('target', 'l');
  directory.fifo('p');
  directory.chmod('f', 0o700);
  const outcome = newWorkCounters();
  const tree = new WorkingTree(directory.root, outcome);
  const kinds = ['f', 'd', 'l', 'p', 'f/below', 'none', ''].map(path => tree.lstat(bytePath(path))?.kind);
  assert.deepEqual(kinds, ['file', 'directory', 'symlink', 'other', undefined, undefined, 'directory']);
  assert.deepEqual(outcome, outcomeOf({ stats: 7 }));

  const file = tree.lstat(bytePath('f'))!;
  const real = fs.lstatSync(directory.at('f'), { bigint: true });
  assert.deepEqual(file, {
    kind: 'file',
    size: 5,
    executable: true,
    mtimeSeconds: OLD_SECONDS,
    mtimeNanoseconds: 0,
    ctimeNs: real.ctimeNs,
    inode: real.ino,
    device: real.dev,
    uid: Number(real.uid),
    gid: Number(real.gid),
  });
});

test('times are rounded down, before 1970 too', { skip: !onLinux }, t => {
  const directory = temporaryDirectory(t);
  const times = [1.25, -2.75, -3];
  for (const seconds of times) directory.write(`f${seconds}`, '', seconds);
  const tree = new WorkingTree(directory.root, newWorkCounters());
  assert.deepEqual(
    times.map(seconds => {
      const stat = tree.lstat(bytePath(`f${seconds}`))!;
      return [stat.mtimeSeconds, stat.mtimeNanoseconds];
    }),
    [
      [1, 250_000_000],
      [-3, 250_000_000],
      [-3, 0],
    ],
  );
});

test('content comes in pieces, from the start each time, and a fifo in its place does not block', async t => {
  const directory = temporaryDirectory(t);
  const text = 'x'.repeat(300_000);
  directory.write('f', text);
  const outcome = newWorkCounters();
  const tree = new WorkingTree(directory.root, outcome);
  const content = tree.content(bytePath('f'), tree.lstat(bytePath('f'))!);
  for (let pass = 1; pass <= 2; pass++) {
    assert.equal(
      Buffer.concat([...content.chunks()].map(chunk => Buffer.from(chunk))).toString('latin1').length,
      300_000,
    );
    assert.deepEqual(outcome, outcomeOf({ stats: 1, filesRead: 1, bytesRead: 300_000 * pass }));
  }
  for (const chunk of content.chunks()) {
    assert.equal(chunk.length, 256 * 1024);
    break;
  }
  if (!onLinux) return;
  directory.remove('f');
  directory.fifo('f');
  assert.deepEqual([...content.chunks()], []);
  await Promise.resolve();
});
