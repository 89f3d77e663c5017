// The histories of files and of lines where several branches made the same file revision, or several files lead to one.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test, type TestContext } from 'node:test';
import { bytePath } from '../../src/base/bytePath.ts';
import { currentEnvironment } from '../../src/files/environment.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { lineHistory } from '../../src/mercurial/annotate/lineHistory.ts';
import { MercurialRepository } from '../../src/mercurial/repository/repository.ts';
import { hgIn, sameAnswer, type Run } from '../support/comparedCommands.ts';
import { HgServer, hgEnvironment } from '../support/hgServer.ts';
import { temporaryDirectory } from '../support/temporaryDirectory.ts';

/** A history that is made step by step. */
class MadeHistory {
  readonly root: string;
  readonly hg: HgServer;

  constructor(root: string) {
    this.root = root;
    execFileSync('hg', ['init', root], { env: hgEnvironment() });
    this.hg = new HgServer(root);
  }

  /** Commits on top of `parents` after `work`, which begins with the files of the first one. */
  async commit(parents: readonly number[], work: () => void | Promise<void>): Promise<void> {
    const [first = 'null', second] = parents.map(String);
    await this.must('update', '-q', '-C', '-r', first);
    if (second !== undefined) await this.hg.run('merge', '-q', '-r', second, '--tool', ':local');
    await work();
    await this.hg.run('resolve', '-q', '-m', '-a');
    await this.must('commit', '-qA', '-m', `on ${parents.join()}`, '-d', '0 0');
  }

  async must(...args: string[]): Promise<string> {
    const { code, output, errors } = await this.hg.run(...args);
    assert.equal(code, 0, `${args.join(' ')}: ${errors}`);
    return output;
  }

  /** Writes ten lines, some of them changed. */
  write(file: string, changed: Readonly<Record<number, string>>): void {
    const lines = Array.from({ length: 10 }, (_, at) => changed[at + 1] ?? `line ${at + 1}`);
    fs.writeFileSync(path.join(this.root, file), lines.map(line => `${line}\n`).join(''));
  }

  copy(from: string, to: string): Promise<string> {
    return this.must('cp', path.join(this.root, from), path.join(this.root, to));
  }

  /** Compares the history of a file, and who brought its lines. */
  async follow(file: string, changeset: number): Promise<void> {
    const [start, name] = [String(changeset), `path:${file}`];
    for (const args of [
      ['log', '-T', '{rev}\\n', '-f', '-r', start, name],
      ['annotate', '-r', start, name],
      ['annotate', '-l', '-r', start, '--skip', start, name],
    ]) {
      await sameAnswer(args, this.root, await hgIn(this.hg, args, this.root));
    }
  }

  /** Compares who brought the lines of a working file. */
  async annotateWorkingFile(file: string, ...options: string[]): Promise<Run> {
    const args = ['annotate', '-nfl', '-r', 'wdir()', ...options, `path:${file}`];
    return sameAnswer(args, this.root, await hgIn(this.hg, args, this.root));
  }

  /** Returns the histories of some ranges of lines; both programs have the same. */
  async followLines(file: string, changeset: number): Promise<readonly string[]> {
    const repository = MercurialRepository.open(this.root, { vfs: new Vfs(), environment: currentEnvironment() });
    const source = repository.history(repository.readDirstate()).fileHistory();
    const all: string[] = [];
    for (const [first, end] of [
      [1, 10],
      [2, 2],
      [5, 5],
      [8, 8],
      [2, 5],
      [5, 9],
    ] as const) {
      const set = `reverse(followlines('path:${file}', ${first}:${end}, startrev=${changeset}))`;
      const output = await this.must('log', '-r', set, '-T', '{rev} ');
      const lines = { first: first - 1, end };
      const found = [...lineHistory(source, bytePath(file), changeset, lines)].flatMap(entry => entry?.changeset ?? []);
      assert.equal(found.join(' '), output.trimEnd(), `${file} in ${changeset}, lines ${first}:${end}`);
      all.push(found.join(' '));
    }
    return all;
  }
}

function madeHistory(t: TestContext): MadeHistory {
  const made = new MadeHistory(path.join(temporaryDirectory(t).root, 'r'));
  t.after(() => made.hg.close());
  return made;
}

/** Changesets 1 and 2 make the same revision of `f`, 3 changes it, and 4 merges 1 and 3. */
async function mergedHistory(t: TestContext): Promise<MadeHistory> {
  const made = madeHistory(t);
  await made.commit([], () => made.write('f', {}));
  await made.commit([0], () => made.write('f', { 5: 'five', 8: 'eight' }));
  await made.commit([0], () => {
    made.write('f', { 5: 'five', 8: 'eight' });
    made.write('other', {});
  });
  await made.commit([2], () => made.write('f', { 5: 'fifth', 8: 'eight' }));
  await made.commit([1, 3], () => made.write('f', { 5: 'fifth', 8: 'eight' }));
  return made;
}

test('a file revision that several branches made belongs to the changeset below its child', async t => {
  const made = await mergedHistory(t);
  await made.commit([4], () => made.write('f', { 5: '5', 8: 'eight' }));
  for (let changeset = 0; changeset <= 5; changeset++) await made.follow('f', changeset);
  assert.equal((await made.followLines('f', 5))[0], '5 3 2 0');
});

test('annotate of the working copy begins at the changeset of its file', async t => {
  const made = await mergedHistory(t);
  made.write('f', { 2: 'two', 5: 'fifth', 8: 'eight' });
  const args = ['annotate', '-n', '-r', 'wdir()', 'path:f'];
  const { stdout } = await sameAnswer(args, made.root, await hgIn(made.hg, args, made.root));
  assert.match(stdout, /2 : eight/);
});

/** A history with the file revisions of changesets 1 and 2 on two more branches, with heads 7 and 8 above these. */
async function withSharedRevisions(made: MadeHistory): Promise<void> {
  await made.commit([], () => made.write('f', {}));
  for (const [bottom, other] of [[1], [3, 'g'], [5, 'h']] as const) {
    await made.commit([0], () => {
      made.write('f', { 5: 'five' });
      if (other !== undefined) made.write(other, {});
    });
    await made.commit([bottom], () => made.write('f', { 5: 'five', 8: 'eight' }));
  }
  await made.commit([4], () => made.write('f', { 2: 'two', 5: 'five', 8: 'eight' }));
  await made.commit([6], () => made.write('f', { 5: 'five', 8: 'eight', 10: 'ten' }));
}

test('annotate of an uncommitted merge goes through the second parent first', async t => {
  const made = madeHistory(t);
  await withSharedRevisions(made);
  for (const [first, second, five] of [
    [7, 8, 5],
    [8, 7, 3],
  ] as const) {
    await made.must('update', '-q', '-C', '-r', String(first));
    await made.must('merge', '-q', '-r', String(second), '--tool', ':union');
    const { stdout } = await made.annotateWorkingFile('f');
    assert.match(stdout, new RegExp(`^${five} +f: 5: five$`, 'm'));
  }
});

test('annotate --no-follow leaves out what a working file was copied from', async t => {
  const made = madeHistory(t);
  await withSharedRevisions(made);
  await made.must('update', '-q', '-C', '-r', '7');
  await made.must('rename', path.join(made.root, 'f'), path.join(made.root, 'renamed'));
  await made.copy('g', 'copied');
  made.write('renamed', { 1: 'one' });
  for (const file of ['renamed', 'copied', 'g']) {
    for (const option of [[], ['--skip', '4'], ['--no-follow'], ['-w', '--no-follow']]) {
      await made.annotateWorkingFile(file, ...option);
    }
  }
  // The name is that of a file of the second parent.
  await made.must('update', '-q', '-C', '-r', '7');
  await made.must('merge', '-q', '-r', '8', '--tool', ':union');
  await made.must('copy', '--force', path.join(made.root, 'g'), path.join(made.root, 'h'));
  for (const option of [[], ['--no-follow']]) await made.annotateWorkingFile('h', ...option);
});

test('the linkrevs order the history of lines', async t => {
  const made = madeHistory(t);
  await made.commit([], () => made.write('f', {}));
  await made.commit([0], () => made.write('f', { 5: 'five' }));
  await made.commit([0], () => made.write('f', { 2: 'two' }));
  await made.commit([0], () => {
    made.write('f', { 5: 'five' });
    made.write('other', {});
  });
  await made.commit([3, 2], () => made.write('f', { 2: 'two', 5: 'five' }));
  await made.follow('f', 4);
  assert.equal((await made.followLines('f', 4))[0], '4 2 3 0');
});

test('files that are equal and came with one changeset share their lines', async t => {
  const made = madeHistory(t);
  await made.commit([], () => {
    made.write('a', {});
    made.write('b', {});
  });
  await made.commit([0], async () => {
    await made.copy('a', 'c');
    made.write('c', { 2: 'two' });
  });
  await made.commit([0], async () => {
    await made.copy('b', 'c');
    made.write('c', { 8: 'eight' });
  });
  await made.commit([1, 2], () => made.write('c', { 2: 'two', 8: 'eight' }));
  await made.follow('c', 3);
  assert.equal((await made.followLines('c', 3))[0], '3 2 1 0');
});

test('a later revision of the source is read after an earlier one', async t => {
  const made = madeHistory(t);
  await made.commit([], () => made.write('b', {}));
  await made.commit([0], () => made.write('b', { 2: 'two' }));
  await made.commit([1], async () => {
    await made.copy('b', 'a');
    made.write('a', { 2: 'two', 5: 'five' });
  });
  await made.commit([0], async () => {
    await made.copy('b', 'a');
    made.write('a', { 8: 'eight' });
  });
  await made.commit([3, 2], () => made.write('a', { 2: 'two', 5: 'five', 8: 'eight' }));
  await made.follow('a', 4);
  assert.equal((await made.followLines('a', 4))[0], '4 3 2 1 0');
});
