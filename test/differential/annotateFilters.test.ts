// Annotations and line histories of working files that filters convert: line ends, `[encode]`, keywords. The committed
// lines stay attributed to their changesets, as by hg.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test, type TestContext } from 'node:test';
import { MercurialBackend } from '../../src/backends/mercurial/mercurialBackend.ts';
import { MercurialHistory } from '../../src/backends/mercurial/mercurialHistory.ts';
import { currentEnvironment } from '../../src/files/environment.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { finish } from '../../src/mercurial/annotate/finish.ts';
import { sameAnswer, quicksilver } from '../support/comparedCommands.ts';
import { hgAlone, hgAtOnce } from '../support/hgAtOnce.ts';
import { hgEnvironment } from '../support/hgServer.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';
import { temporaryDirectory, type TemporaryDirectory } from '../support/temporaryDirectory.ts';

const WIN32TEXT = (filter: string): string => `[extensions]\nwin32text =\n[encode]\n** = ${filter}\n`;
const EOL = '[extensions]\neol =\n';
const KEYWORD = '[extensions]\nkeyword =\n[keyword]\n** =\n';
const PROGRAM = "[encode]\nf = sed 's/B/b/'\n";
const NATIVE = '[patterns]\n** = native\n[repository]\nnative = ';

/** What a configuration and `.hgeol` make of a working file. */
interface Rules {
  readonly config: string;
  readonly eol?: string;
}

const RULES: Readonly<Record<string, Rules>> = {
  'eol, native': { config: EOL, eol: `${NATIVE}CRLF\n` },
  'eol, LF': { config: EOL, eol: '[patterns]\n** = LF\n' },
  'eol, CRLF': { config: EOL, eol: '[patterns]\n** = CRLF\n' },
  'eol, one file stays': { config: EOL, eol: '[patterns]\nf = BIN\n** = LF\n' },
  'eol, a last line end': { config: `${EOL}[eol]\nfix-trailing-newline = yes\n`, eol: '[patterns]\n** = LF\n' },
  'eol, mixed line ends': { config: `${EOL}[eol]\nonly-consistent = no\n`, eol: '[patterns]\n** = LF\n' },
  'eol without .hgeol': { config: EOL },
  cleverencode: { config: WIN32TEXT('cleverencode:') },
  dumbencode: { config: WIN32TEXT('dumbencode:') },
  dumbdecode: { config: WIN32TEXT('dumbdecode:') },
  macencode: { config: WIN32TEXT('macencode:') },
  keyword: { config: KEYWORD },
};

class Repository {
  readonly directory: TemporaryDirectory;
  #config = '';

  constructor(t: TestContext) {
    this.directory = temporaryDirectory(t);
    this.hg('init');
  }

  get root(): string {
    return this.directory.root;
  }

  hg(...args: readonly string[]): { code: number | null; stdout: string; stderr: string } {
    // Loaded once, the extension keyword no longer learns which command runs.
    const call = this.#config === KEYWORD ? hgAlone : hgAtOnce;
    const { code, stdout, stderr } = call(args, { cwd: this.root, env: hgEnvironment() });
    // The extension win32text warns of itself and of files, in words that no program here prints.
    const isNoise = code === 0 && this.#config.includes('win32text');
    return { code, stdout: stdout.toString('latin1'), stderr: isNoise ? '' : stderr.toString('latin1') };
  }

  /** Commits what is there, with no rules. */
  commit(name: string): void {
    this.configure({ config: '' });
    const { code, stderr } = this.hg('commit', '-qAm', name);
    assert.equal(code, 0, stderr);
  }

  configure({ config, eol }: Rules): void {
    this.#config = config;
    this.directory.write('.hg/hgrc', config);
    if (eol === undefined) this.directory.remove('.hgeol');
    else this.directory.write('.hgeol', eol);
  }

  /** The revision of each line by hg, -1 for one that is not committed. */
  annotated(...args: readonly string[]): number[] {
    const template = '{lines % "{rev} "}';
    const { stdout, stderr } = this.hg('annotate', '-r', 'wdir()', '-T', template, ...args);
    assert.equal(stderr, '');
    return stdout
      .split(' ')
      .slice(0, -1)
      .map(Number)
      .map(revision => (revision === 0x7fffffff ? -1 : revision));
  }

  engine(): { readonly lines: (path: string, text?: string) => number[]; readonly history: LineHistory } {
    const backend = new MercurialBackend(this.root, new Vfs(), currentEnvironment());
    const snapshot = backend.load(undefined);
    const history = new MercurialHistory(backend);
    return {
      lines: (path, text) => {
        const answer = finish(history.annotate(snapshot, { path, skip: [], ...(text !== undefined && { text }) }));
        assert.ok(answer.kind === 'lines', JSON.stringify(answer));
        return answer.sources.map(at => answer.changesets[at]?.changeset.revision ?? -1);
      },
      history: (path, line, text) => {
        const lines = { first: line, end: line + 1 };
        const query = { path, lines, limit: 9, ...(text !== undefined && { text }) };
        return finish(history.fileHistory(snapshot, query)).items.map(({ changeset }) => changeset.revision);
      },
    };
  }
}

type LineHistory = (path: string, line: number, text?: string) => number[];

/** Three changesets of a file `f`; a merge brings the third. */
function prepare(t: TestContext): Repository {
  const repository = new Repository(t);
  repository.directory.symlink('one\ntwo', 'link');
  repository.directory.write('f', 'a $Id$\nb\nc\nd\n');
  repository.directory.write('crlf', 'a\r\nb\r\n');
  repository.directory.write('binary', 'a\0\n');
  repository.commit('first');
  repository.directory.write('f', 'a $Id$\nb\nC\nd\n');
  repository.commit('second');
  return repository;
}

test('quicksilver annotate filters working files as hg annotate does', async t => {
  const repository = prepare(t);
  const { directory } = repository;
  repository.hg('update', '-q', '0');
  directory.write('f', 'a $Id$\nb\nc\nD\n');
  repository.commit('third');
  repository.hg('merge', '-q', '--tool', ':local', '1');
  const merged = fs.readFileSync(directory.at('f'), 'latin1');
  for (const [name, rules] of Object.entries(RULES)) {
    await t.test(name, async () => {
      repository.configure(rules);
      const ends = name === 'keyword' ? ['\n'] : ['\n', '\r\n', '\r'];
      for (const end of ends) {
        const text = merged.replaceAll('\n', end);
        const mixed = `${text.replace('b', 'B')}new\r\n`;
        for (const content of [text.replace('b', 'B').replace('$Id$', '$Id: f $'), mixed, text.slice(0, -1)]) {
          directory.write('f', content);
          const args = ['annotate', '-nl', '-r', 'wdir()', 'f'];
          await sameAnswer(args, repository.root, repository.hg(...args));
        }
      }
      for (const args of [
        ['link', 'crlf', 'binary'],
        ['-w', '-T', 'json', 'f'],
      ]) {
        const whole = ['annotate', '-r', 'wdir()', ...args];
        await sameAnswer(whole, repository.root, repository.hg(...whole));
      }
    });
  }
});

test('blame and the history of lines filter the file on disk and the text of an editor', t => {
  const repository = prepare(t);
  const { directory } = repository;
  let followed = 0;
  for (const [name, rules] of Object.entries(RULES)) {
    if (name === 'keyword') continue;
    repository.configure(rules);
    for (const content of ['a $Id$\r\nb\r\nC\r\nnew\r\n', 'a $Id$\nB\nC\nd', 'a $Id$\r\nb\nC\nd\n']) {
      directory.write('f', content);
      const theirs = repository.annotated('f');
      const { lines, history } = repository.engine();
      assert.deepEqual(lines('f'), theirs, `${name}: ${JSON.stringify(content)}`);
      directory.write('f', 'other\n');
      const unsaved = repository.engine();
      assert.deepEqual(unsaved.lines('f', content), theirs, `${name}, unsaved: ${JSON.stringify(content)}`);
      const ofUnsaved = unsaved.history('f', 2, content);
      directory.write('f', content);
      assert.deepEqual(history('f', 2), ofUnsaved, `${name}: ${JSON.stringify(content)}`);
      if (theirs[2] !== 1) continue;
      followed++;
      assert.deepEqual(ofUnsaved, [1, 0], `${name}: ${JSON.stringify(content)}`);
    }
  }
  assert.ok(followed > 9, String(followed));
});

test('a line that only has its keyword expanded is committed', t => {
  const repository = prepare(t);
  const { directory } = repository;
  directory.write('f', 'a $Id$\nB\nC\nd\n');
  const shrunk = repository.annotated('f');
  assert.deepEqual(shrunk, [0, -1, 1, 0]);
  repository.configure({ config: KEYWORD });
  directory.write('f', 'a $Id: f,v 1 $\nB\nC\nd\n');
  const { lines, history } = repository.engine();
  assert.deepEqual(lines('f'), shrunk);
  assert.deepEqual(lines('f', 'a $Id: f,v 2 $\nB\nC\nd\n'), shrunk);
  assert.deepEqual(history('f', 0), [0]);
});

test('random texts and rules: the lines are those of hg', t => {
  const seed = seedFromEnvironment('QUICKSILVER_SEED');
  t.diagnostic(`seed ${seed}`);
  const random = new Random(seed);
  const pick = <T>(items: readonly T[]): T => items[random.below(items.length)]!;
  const names = Object.keys(RULES).filter(name => name !== 'keyword');
  const pieces = ['one\n', 'two\r\n', 'three\n', 'four\r\r\n', 'five\r', 'six\n', 'seven\r\n'];
  const text = (): string => Array.from({ length: 2 + random.below(4) }, () => pick(pieces)).join('');
  const repository = new Repository(t);
  for (let step = 0; step < 12; step++) {
    repository.directory.write('f', text());
    if (step % 3 === 0) repository.commit(`c${step}`);
    const name = pick(names);
    repository.configure(RULES[name]!);
    const content = text();
    repository.directory.write('f', content);
    const context = `seed ${seed}, step ${step}, ${name}: ${JSON.stringify(content)}`;
    assert.deepEqual(repository.engine().lines('f'), repository.annotated('f'), context);
  }
});

test('a filter that is a program is named, for its file alone', async t => {
  const repository = prepare(t);
  repository.configure({ config: PROGRAM });
  const { code, stdout, stderr } = await quicksilver(['annotate', '-r', 'wdir()', 'f'], repository.root);
  assert.deepEqual([code, stdout], [255, '']);
  assert.match(stderr, /The filter 'sed 's\/B\/b\/'' in \[encode\] is a program\./);
  const others = ['annotate', '-r', 'wdir()', 'crlf'];
  await sameAnswer(others, repository.root, repository.hg(...others));
  const backend = new MercurialBackend(repository.root, new Vfs(), currentEnvironment());
  const snapshot = backend.load(undefined);
  const history = new MercurialHistory(backend);
  for (const text of [undefined, 'a\n']) {
    const query = { path: 'f', skip: [], ...(text !== undefined && { text }) };
    const answer = finish(history.annotate(snapshot, query));
    assert.ok(answer.kind === 'none');
    assert.equal(answer.reason, 'filtered');
    assert.match(answer.message, /'f' has no annotation\. The filter 'sed .*' in \[encode\] is a program\./);
  }
  assert.throws(
    () => finish(history.fileHistory(snapshot, { path: 'f', lines: { first: 0, end: 1 }, limit: 9 })),
    /in \[encode\] is a program/,
  );
  assert.equal(finish(history.annotate(snapshot, { path: 'crlf', skip: [] })).kind, 'lines');
});

test('a working file whose name is not UTF-8 has an annotation', t => {
  const repository = new Repository(t);
  repository.directory.write('n\xff', 'a\n');
  repository.commit('first');
  repository.directory.write('n\xff', 'a\nb\n');
  assert.deepEqual(repository.engine().lines('n\udcff'), [0, -1]);
});
