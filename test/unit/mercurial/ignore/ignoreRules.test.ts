import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test, type TestContext } from 'node:test';
import { bytePath } from '../../../../src/base/bytePath.ts';
import { loadIgnoreRules, type IgnoreRules } from '../../../../src/mercurial/ignore/ignoreRules.ts';
import { compilePatterns } from '../../../../src/mercurial/ignore/patternMatcher.ts';
import { Vfs } from '../../../../src/files/vfs.ts';
import { temporaryDirectory, type TemporaryDirectory } from '../../../support/temporaryDirectory.ts';

function load(directory: TemporaryDirectory, ...more: string[]): IgnoreRules {
  const root = directory.root;
  return loadIgnoreRules(new Vfs(), {
    root,
    ignoreFiles: [`${root}/.hgignore`, ...more.map(name => `${root}/${name}`)],
  });
}

function withFiles(t: TestContext, files: Readonly<Record<string, string>>): TemporaryDirectory {
  return temporaryDirectory(t).files(files);
}

test('without an ignore file nothing is ignored, and nobody warned', t => {
  const directory = temporaryDirectory(t);
  const rules = load(directory);
  assert.equal(rules.matcher.isEmpty, true);
  assert.equal(rules.matcher.isIgnored(bytePath('a')), false);
  assert.deepEqual(rules.warnings, []);
  assert.deepEqual(rules.files, [`${directory.root}/.hgignore`]);
});

test('a directory above decides, and the rule is told', t => {
  const directory = withFiles(t, { '.hgignore': '# objects\nsyntax: glob\n*.o # compiled\nbuild\n' });
  const { matcher } = load(directory);
  assert.equal(matcher.matches(bytePath('build')), true);
  assert.equal(matcher.isIgnored(bytePath('build/x/y')), true);
  assert.equal(matcher.isIgnored(bytePath('builds/x')), false);
  const file = `${directory.root}/.hgignore`;
  assert.deepEqual(matcher.explainIgnored(bytePath('src/build/x/y')), {
    rule: { file, line: 4, text: 'build', kind: 'relglob' },
    path: 'src/build/x/y',
  });
  assert.deepEqual(matcher.explain(bytePath('a.o')), { file, line: 3, text: '*.o # compiled', kind: 'relglob' });
  assert.equal(matcher.explainIgnored(bytePath('src/main.c')), undefined);
});

test('the nearest directory is named', t => {
  const { matcher } = load(withFiles(t, { '.hgignore': '^a/b$' }));
  assert.equal(matcher.matches(bytePath('a/b/c')), false);
  assert.equal(matcher.explainIgnored(bytePath('a/b/c/d'))?.path, 'a/b');
});

test('a rule that matches the root ignores everything', t => {
  const { matcher } = load(withFiles(t, { '.hgignore': '^x?$' }));
  assert.equal(matcher.matches(bytePath('a/b')), true);
  assert.equal(matcher.isIgnored(bytePath('a/b')), true);
  assert.equal(matcher.explainIgnored(bytePath('a/b'))?.path, '');
});

test('a pattern that no parent swallows, and one that does', t => {
  const { matcher } = load(withFiles(t, { '.hgignore': '(foo\nbar)\n' }));
  assert.equal(matcher.matches(bytePath('xbar')), true);
  assert.equal(matcher.explain(bytePath('xbar'))?.line, 1);
});

test('includes and subincludes', t => {
  const directory = withFiles(t, {
    '.hgignore': 'include:rules/common\nsubinclude:sub/.hgignore\n',
    'rules/common': 'syntax: glob\n*.tmp\ninclude:rules/more',
    'rules/more': 'syntax: rootglob\nout',
    'sub/.hgignore': '^only\ninclude:more',
    'sub/more': '^extra',
  });
  const rules = load(directory);
  const ignored = ['a.tmp', 'out', 'x/out', 'sub/only', 'only', 'sub/x/only', 'sub/extra', 'rules/more', 'sub/a.tmp'];
  assert.deepEqual(
    ignored.filter(path => rules.matcher.isIgnored(bytePath(path))),
    ['a.tmp', 'out', 'sub/only', 'sub/extra', 'sub/a.tmp'],
  );
  assert.deepEqual(
    rules.files.map(file => file.slice(directory.root.length + 1)),
    ['.hgignore', 'rules/common', 'rules/more', 'sub/.hgignore', 'sub/more'],
  );
  assert.deepEqual(rules.matcher.explain(bytePath('sub/extra')), {
    file: `${directory.root}/sub/more`,
    line: 1,
    text: '^extra',
    kind: 'relre',
  });
});

test('what cannot be read is left out with a warning', t => {
  const directory = withFiles(t, { '.hgignore': 'include:gone\nsubinclude:gone\nsyntax: odd\ninclude:folder\nfoo\n' });
  directory.mkdir('folder');
  const rules = load(directory, 'missing');
  assert.deepEqual(rules.warnings, [
    `${directory.root}/.hgignore: ignoring invalid syntax 'odd'`,
    "skipping unreadable pattern file 'gone': No such file or directory",
    "skipping unreadable pattern file 'folder': Is a directory",
    `skipping unreadable pattern file '${directory.root}/missing': No such file or directory`,
  ]);
  assert.equal(rules.matcher.matches(bytePath('foo')), true);
  assert.equal(rules.files.includes(`${directory.root}/missing`), true);
});

test('a fifo or a device is not waited for', { skip: process.platform === 'win32' }, t => {
  const directory = temporaryDirectory(t);
  directory.fifo('.hgignore');
  assert.deepEqual(load(directory).warnings, [
    `skipping unreadable pattern file '${directory.root}/.hgignore': Not a regular file`,
  ]);
  const rules = loadIgnoreRules(new Vfs(), { root: directory.root, ignoreFiles: ['/dev/zero', '/dev/null'] });
  assert.deepEqual(rules.warnings, ["skipping unreadable pattern file '/dev/zero': Not a regular file"]);
});

test('an invalid pattern is an error with its place', t => {
  const directory = withFiles(t, { '.hgignore': 'foo\ninclude:more\n', more: '\n\nsyntax: glob\n{a\n' });
  assert.throws(() => load(directory), {
    name: 'QuicksilverError',
    code: 'invalid-config',
    file: `${directory.root}/more`,
    line: 4,
    message: `${directory.root}/more:4: invalid pattern (relglob): {a`,
  });
});

test('files that include each other', t => {
  const code = 'invalid-config';
  assert.throws(() => load(withFiles(t, { '.hgignore': 'include:.hgignore' })), { code });
  assert.throws(() => load(withFiles(t, { '.hgignore': 'include:a', a: 'include:b', b: 'include:a' })), { code });
  assert.throws(() => load(withFiles(t, { '.hgignore': 'subinclude:.hgignore' })), { code });
});

test('the number and the size of files are bounded', t => {
  const files: Record<string, string> = { '.hgignore': 'include:f0\n' };
  for (let i = 0; i < 30; i++) files[`f${i}`] = `include:f${i + 1}\ninclude:f${i + 1}\n`;
  assert.throws(() => load(withFiles(t, files)), { code: 'unsupported', message: /too many ignore files/ });
  const large = temporaryDirectory(t);
  large.write('.hgignore');
  fs.truncateSync(`${large.root}/.hgignore`, 16 * 1024 * 1024 + 1);
  assert.throws(() => load(large), { code: 'unsupported', message: /too large for an ignore file/ });
});

test('a subinclude outside of the root, and one where Mercurial fails', t => {
  const outside = withFiles(t, { '.hgignore': 'x\nsubinclude:../other/file\n' });
  assert.throws(() => load(outside), { code: 'invalid-config', line: 2, message: /not under root/ });
  const nested = withFiles(t, { '.hgignore': 'include:more\n', more: 'subinclude:sub/x\n' });
  assert.throws(() => load(nested), { code: 'unsupported', line: 1, file: `${nested.root}/more` });
});

test('patterns of a command line', () => {
  const matching = (kind: 'glob' | 'path' | 'relglob' | 'rootfilesin', pattern: string): string[] => {
    const matcher = compilePatterns([{ kind, pattern }], 'whole');
    return ['a', 'a/b', 'a/b/c', 'ab', 'x/a'].filter(path => matcher.matches(bytePath(path)));
  };
  assert.deepEqual(matching('glob', 'a'), ['a']);
  assert.deepEqual(matching('glob', 'a/**'), ['a/b', 'a/b/c']);
  assert.deepEqual(matching('path', 'a'), ['a', 'a/b', 'a/b/c']);
  assert.deepEqual(matching('path', '.'), ['a', 'a/b', 'a/b/c', 'ab', 'x/a']);
  assert.deepEqual(matching('relglob', 'a'), ['a', 'x/a']);
  assert.deepEqual(matching('rootfilesin', 'a'), ['a/b']);
});

test('an ignore file in a loop of links is an error, an included one a warning', t => {
  const directory = withFiles(t, { good: 'a' });
  directory.symlink('b', '.hgignore');
  directory.symlink('.hgignore', 'b');
  assert.throws(() => load(directory), { code: 'invalid-config', message: /^Too many levels of symbolic links: / });
  directory.remove('.hgignore');
  directory.write('.hgignore', 'include:x\n');
  directory.symlink('y', 'x');
  directory.symlink('x', 'y');
  assert.deepEqual(load(directory).warnings, [
    "skipping unreadable pattern file 'x': Too many levels of symbolic links",
  ]);
  // A link that leads nowhere is as good as none.
  directory.remove('.hgignore');
  directory.symlink('nowhere', '.hgignore');
  assert.deepEqual(load(directory).warnings, []);
});
