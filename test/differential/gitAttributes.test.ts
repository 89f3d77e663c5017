// Attributes and filters decide about files whose stat proves nothing: which lines count, from where, and what Git LFS
// makes of a file. Git itself says what is right.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { base, environment, Repository } from '../support/comparedGit.ts';
import { GitSandbox } from '../support/gitSandbox.ts';
import { gitLines, liveLines } from '../support/gitAnswers.ts';
import { LiveHarness } from '../support/liveHarness.ts';

/** A time long before any index is written, in seconds; each touch is another one. */
let time = 1_000_000_000;

function touch(repository: { readonly root: string }, ...names: readonly string[]): void {
  time++;
  for (const name of names) fs.utimesSync(path.join(repository.root, name), time, time);
}

/** Compares with Git, which says for sure whether `name` is modified. */
async function compare(repository: Repository, name: string, isModified: boolean, why: string): Promise<void> {
  touch(repository, name);
  assert.equal(repository.git('status', '-s', name), isModified ? ` M ${name}\n` : '', `git: ${why}`);
  await repository.compare(['-s', name]);
}

/** Makes the index have the attributes at these stages; 0 for no conflict. */
function stage(repository: Repository, id: string, mode: string, ...stages: readonly number[]): void {
  repository.git('update-index', '--force-remove', '.gitattributes');
  const lines = stages.map(number => `${mode} ${id} ${number}\t.gitattributes\n`);
  repository.gitWith(lines.join(''), 'update-index', '--index-info');
}

test('a .gitattributes that is recorded and not there counts, of a conflict that of our side', async () => {
  const repository = new Repository('recorded-attributes');
  repository.write('.gitattributes', '*.txt text\n');
  repository.write('a.txt', 'a\r\n');
  repository.write('sub/.gitattributes', '*.raw text\n');
  repository.write('sub/a.raw', 'a\r\n');
  repository.commit('one');
  const file = path.join(repository.root, '.gitattributes');
  const id = repository.git('rev-parse', 'HEAD:.gitattributes').trim();
  fs.rmSync(file);
  fs.rmSync(path.join(repository.root, 'sub/.gitattributes'));
  await compare(repository, 'a.txt', false, 'removed');
  await compare(repository, 'sub/a.raw', false, 'removed in a directory');
  fs.symlinkSync('elsewhere', file);
  await compare(repository, 'a.txt', false, 'a link in its place');
  fs.rmSync(file);
  fs.mkdirSync(file);
  await compare(repository, 'a.txt', true, 'a directory in its place');
  fs.rmdirSync(file);
  stage(repository, id, '100644');
  await compare(repository, 'a.txt', true, 'not in the index');
  for (const stages of [[2], [1, 2, 3]]) {
    stage(repository, id, '100644', ...stages);
    await compare(repository, 'a.txt', false, `stages ${stages.join()}`);
  }
  for (const stages of [[3], [1, 3]]) {
    stage(repository, id, '100644', ...stages);
    await compare(repository, 'a.txt', true, `stages ${stages.join()}`);
  }
  stage(repository, id, '120000', 0);
  await compare(repository, 'a.txt', false, 'a link with such content');
  stage(repository, id, '100644');
  repository.write('.gitattributes', '*.txt text\n');
  repository.git('add', '-N', '.gitattributes');
  fs.rmSync(file);
  await compare(repository, 'a.txt', true, 'intended to be added');
  // Git skips this mark in a file only.
  repository.write('.gitattributes', '\ufeff*.txt text\n');
  repository.git('add', '.gitattributes');
  await compare(repository, 'a.txt', false, 'a mark of UTF-8');
  fs.rmSync(file);
  await compare(repository, 'a.txt', true, 'a recorded mark of UTF-8');
});

test('the live model has it so, too', async t => {
  const sandbox = new GitSandbox();
  t.after(() => sandbox.dispose());
  const repository = sandbox.init('live');
  repository.write('.gitattributes', '*.txt text eol=crlf\n');
  repository.write('a.txt', 'a\r\nb\r\n');
  repository.commit('one');
  touch(repository, 'a.txt');
  const live = new LiveHarness(repository.root, { backend: repository.backend() });
  t.after(() => live.dispose());
  const steps = [
    ['at first', (): void => undefined],
    ['removed', (): void => fs.rmSync(path.join(repository.root, '.gitattributes'))],
    ['removed from the index', (): void => void repository.git('rm', '-q', '--cached', '.gitattributes')],
    ['recorded again', (): void => void repository.git('reset', '-q')],
    ['there again', (): void => void repository.git('checkout', '.gitattributes')],
  ] as const;
  const modified: string[] = [];
  for (const [what, step] of steps) {
    step();
    await live.quiet();
    const lines = gitLines(repository);
    assert.deepEqual(liveLines(live), lines, what);
    if (lines!.includes('working M "a.txt"')) modified.push(what);
  }
  assert.deepEqual(modified, ['removed from the index']);
});

/** Lines of a .gitattributes; true if CR LF does not count as LF in `a.txt` by them, where the index has CR LF. */
const LINES: readonly (readonly [string, boolean])[] = [
  ...[2047, 2048].map(length => ['*.txt text '.padEnd(length, 'x'), length < 2048] as const),
  ...[2047, 2048].map(length => ['*.txt text'.padEnd(length, ' '), length < 2048] as const),
  [`${' '.repeat(20)}${'*.txt text '.padEnd(2030, 'x')}`, false],
  [' \t*.txt\ttext', true],
  ...['text ,bad', 'text -bad!x', '-text=x', 'text =x', 'text -', 'text !', 'text --x', 'text -='].map(
    words => [`*.txt ${words}`, false] as const,
  ),
  ...['text x[attr]', 'text \u00e9', 'text # c', 'text "x"', 'text\x0b', '!text', 'eol', 'eol=CRLF', 'text=AUTO'].map(
    words => [`*.txt ${words}`, false] as const,
  ),
  ...[
    'text a=',
    'text x=,',
    'text a.b_c-d',
    '-text text',
    'crlf',
    'eol=crlf',
    '!text crlf',
    'text=input',
    'text\0,',
  ].map(words => [`*.txt ${words}`, true] as const),
  ['[attr]m text\n*.txt m', true],
  ['[attr] m text\n*.txt m', false],
  ['[attr]m text ,\n*.txt m', false],
  ['[attr]-m text\n*.txt m', false],
  ['[attr]m,m text\n*.txt m,m', false],
  ['"[attr]m" text\n*.txt m', true],
  ['"[attr] m" text\n*.txt m', true],
  ['"[attr]m text"\n*.txt m', false],
  ['"*.txt"text', true],
  ['"*.\\164xt" text', true],
  ['"\\*.txt" text', false],
  ['"*.txt text', false],
  ['!*.txt text', false],
];

test('lines of .gitattributes that Git leaves out have no effect', async () => {
  const repository = new Repository('attribute-lines');
  repository.write('a.txt', 'a\r\n');
  repository.commit('one');
  for (const [line, isEffective] of LINES) {
    repository.write('.gitattributes', `${line}\n`);
    await compare(repository, 'a.txt', isEffective, JSON.stringify(line));
  }
});

/** What `git-lfs clean` does with its input: pointers stay as they are. */
const CLEAN = `const content = require('fs').readFileSync(0);
const sha256 = require('crypto').createHash('sha256').update(content).digest('hex');
const isPointer = content.length <= 1024 && content.toString('latin1').startsWith('version https://git-lfs.github.com/spec/v1\\noid ');
process.stdout.write(isPointer || content.length === 0 ? content : 'version https://git-lfs.github.com/spec/v1\\noid sha256:' + sha256 + '\\nsize ' + content.length + '\\n');
`;

test('Git LFS: pointers in the working tree, and files that should have been pointers', async () => {
  const program = path.join(base, 'clean.cjs');
  fs.writeFileSync(program, CLEAN);
  fs.writeFileSync(path.join(base, 'git-lfs'), `#!/bin/sh\nexec '${process.execPath}' '${program}'\n`, { mode: 0o755 });
  Object.assign(environment, { PATH: `${base}:${process.env['PATH']}` });
  const repository = new Repository('lfs-pointers');
  const pointer = (size: number): string =>
    `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize ${size}\n`;
  repository.write('raw.bin', 'raw content\n');
  repository.write('empty.bin', '');
  repository.write('pointer.bin', pointer(12345));
  repository.commit('without LFS');
  repository.write('.gitattributes', '*.bin filter=lfs -text\n');
  repository.git('config', 'filter.lfs.clean', 'git-lfs clean -- %f');
  repository.write('real.bin', 'real content\n');
  repository.git('add', '.gitattributes', 'real.bin');
  repository.git('commit', '-q', '-m', 'with LFS');
  await compare(repository, 'raw.bin', true, 'should have been a pointer');
  await compare(repository, 'empty.bin', false, 'empty');
  await compare(repository, 'pointer.bin', false, 'a pointer in the working tree');
  await compare(repository, 'real.bin', false, 'as downloaded');
  repository.write('pointer.bin', pointer(54321));
  await compare(repository, 'pointer.bin', true, 'another pointer of the same size');
  repository.write('real.bin', 'else content\n');
  await compare(repository, 'real.bin', true, 'other content of the same size');
  // A rename in the working tree: both sides are pointers.
  fs.renameSync(path.join(repository.root, 'real.bin'), path.join(repository.root, 'new.bin'));
  repository.write('new.bin', 'real content\n');
  repository.git('add', '-N', 'new.bin');
  assert.match(repository.git('status', '--porcelain=v2'), /^2 \.R .* R100 new\.bin\treal\.bin$/m);
  await repository.compareForms();
  repository.git('config', 'lfs.extension.x.clean', 'cat');
  touch(repository, 'raw.bin');
  await assert.rejects(repository.ownStatus(['-s', 'raw.bin']), { code: 'unsupported', message: /'lfs' is a program/ });
});

/** Settings of a filter; undefined where git has no answer, else whether the file is modified. */
const FILTERS: readonly (readonly [readonly string[], RegExp | undefined])[] = [
  [['smudge=cat'], undefined],
  [['clean='], undefined],
  [['process='], undefined],
  [['clean=tr a b', 'clean='], undefined],
  [['clean=tr a b', 'process='], undefined],
  [['process=false', 'process='], undefined],
  [['required=true', 'required=false'], undefined],
  [['required=true'], /'f' is required and has no program/],
  [['required'], /'f' is required and has no program/],
  [['required=true', 'smudge=cat'], /'f' is required and has no program/],
  [['required=true', 'clean='], /'f' is required and has no program/],
  [['required=true', 'clean=tr a b', 'process='], /'f' is required and has no program/],
];

test('a filter without a program has no effect, unless it is required: then git fails', async () => {
  const repository = new Repository('filters');
  for (const name of ['a.txt', 'empty.txt']) repository.write(name, name === 'a.txt' ? 'a\n' : '');
  repository.write('.gitattributes', '*.txt filter=f\n');
  repository.commit('one');
  const config = path.join(repository.root, '.git/config');
  const before = fs.readFileSync(config, 'latin1');
  for (const [settings, failure] of FILTERS) {
    fs.writeFileSync(config, `${before}[filter "f"]\n${settings.map(setting => `\t${setting}\n`).join('')}`);
    for (const name of ['a.txt', 'empty.txt']) {
      if (failure === undefined) {
        await compare(repository, name, false, settings.join());
      } else {
        touch(repository, name);
        assert.throws(() => repository.git('status', '-s', name), settings.join());
        await assert.rejects(repository.ownStatus(['-s', name]), { code: 'unsupported', message: failure });
      }
    }
  }
});
