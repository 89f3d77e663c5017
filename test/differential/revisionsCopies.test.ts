// Copies between revisions where it matters which of several ways Mercurial goes: cases that random histories seldom have.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';
import { quicksilver } from '../support/comparedCommands.ts';
import { HgServer, hgEnvironment } from '../support/hgServer.ts';

const skip = process.platform === 'win32' ? 'an hg on the path is needed' : false;

let root = '';
let server: HgServer;

async function must(...args: string[]): Promise<void> {
  const { code, errors } = await server.run(...args);
  assert.equal(code, 0, `${args.join(' ')}: ${errors}`);
}

/** By absolute paths, because the server's current directory is not the repository's. */
const move = (from: string, to: string): Promise<void> => must('mv', path.join(root, from), path.join(root, to));

function write(name: string, content: string): void {
  fs.writeFileSync(path.join(root, name), content);
}

/** Commits what is there on top of `parent`; `work` makes the changes. */
async function onTop(parent: string, message: string, work: () => void | Promise<void>): Promise<void> {
  await must('update', '-q', '-C', '-r', parent);
  await work();
  await must('commit', '-qA', '-m', message, '-d', '0 0');
}

/** Merges `other` into `parent`; conflicts are settled by writing `content` into the files named. */
async function merge(
  parent: string,
  other: string,
  message: string,
  files: readonly string[] = [],
  content = '',
): Promise<void> {
  await must('update', '-q', '-C', '-r', parent);
  const { code, errors } = await server.run('merge', '-q', '-r', other, '--tool', ':local');
  assert.ok(code === 0 || code === 1, errors);
  for (const file of files) write(file, content);
  await must('resolve', '-q', '-m', '-a');
  await must('commit', '-qA', '-m', message, '-d', '0 0');
}

/** What both programs say. */
async function copies(from: string, to: string, ...paths: readonly string[]): Promise<string> {
  const args = ['status', '-C', '--rev', from, '--rev', to, ...paths];
  const [theirs, ours] = [await server.run(...args), await quicksilver(args, root)];
  assert.equal(theirs.code, 0, theirs.errors);
  assert.equal(ours.stdout, theirs.output, args.join(' '));
  return ours.stdout;
}

describe('copies between revisions', { skip }, () => {
  beforeEach(() => {
    root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-copies-')));
    execFileSync('hg', ['init', root], { env: hgEnvironment() });
    server = new HgServer(root);
  });

  afterEach(async () => {
    await server.close();
    removeTree(root);
  });

  test('of two sources that were merged, the one that was committed last', async () => {
    for (const [first, second] of [
      ['a', 'b'],
      ['m', 'k'],
    ] as const) {
      const start = first === 'a' ? 0 : 5;
      await onTop('null', 'one', () => write(first, `${first}\n`));
      await onTop(String(start), 'two', () => write(second, `${second}\n`));
      await onTop(String(start + 1), 'move one', () => move(first, 'c'));
      await onTop(String(start + 1), 'move two', () => move(second, 'c'));
      await merge(String(start + 3), String(start + 2), 'merge', ['c'], 'merged\n');
      const answer = await copies(String(start + 1), String(start + 4));
      assert.equal(answer, `A c\n  ${second}\nR ${[first, second].sort().join('\nR ')}\n`);
    }
  });

  test('of two sources that came with one changeset, the one with the larger node', async () => {
    await onTop('null', 'both', () => {
      for (const name of ['a', 'b', 'k', 'm']) write(name, `${name}\n`);
    });
    await onTop('0', 'move ones', async () => {
      await move('a', 'c');
      await move('k', 'd');
    });
    await onTop('0', 'move others', async () => {
      await move('b', 'c');
      await move('m', 'd');
    });
    await merge('2', '1', 'merge', ['c', 'd'], 'merged\n');
    await merge('1', '2', 'merge the other way', ['c', 'd'], 'merged differently\n');
    for (const to of ['3', '4']) assert.match(await copies('0', to), /A c\n {2}[ab]\nA d\n {2}[km]\n/);
  });

  test('a source that both sides have made alike', async () => {
    await onTop('null', 'root', () => write('f', ''));
    await onTop('0', 'g here', () => write('g', 'same\n'));
    await onTop('0', 'g there', () => write('g', 'same\n'));
    await onTop('2', 'moved', () => move('g', 'h'));
    assert.equal(await copies('1', '3'), 'A h\n  g\nR g\n');
    // The other way round there is none: for Mercurial 'h' does not come from a file that the ancestor of both had.
    assert.equal(await copies('3', '1'), 'A g\nR h\n');
  });

  test('a file that is changed in the working copy is another source than that of its first parent', async () => {
    await onTop('null', 'root', () => write('f', ''));
    await onTop('0', 'g here', () => write('g', 'same\n'));
    await onTop('0', 'g there', () => write('g', 'same\n'));
    await onTop('2', 'moved', () => move('g', 'h'));
    const found: string[] = [];
    const changes: readonly (() => void | Promise<void>)[] = [
      () => undefined,
      () => write('g', 'other\n'),
      () => write('g', 'SAME\n'),
      () => fs.chmodSync(path.join(root, 'g'), 0o755),
      () => fs.rmSync(path.join(root, 'g')),
      () => must('rm', path.join(root, 'g')),
      () => move('g', 'i'),
      () => must('forget', path.join(root, 'g')),
      () => write('f', 'other\n'),
    ];
    for (const change of changes) {
      await must('update', '-q', '-C', '-r', '1');
      await change();
      const answer = await copies('wdir()', '3');
      if (/A h\n {2}g\n/.test(answer)) found.push(String(change));
      for (const paths of [['h'], ['f', 'h'], ['glob:*']]) {
        const restricted = await copies(
          'wdir()',
          '3',
          ...paths.map(name => (name === 'glob:*' ? name : `path:${name}`)),
        );
        assert.equal(/A h\n {2}g\n/.test(restricted), /A h\n {2}g\n/.test(answer));
      }
      await copies('3', 'wdir()');
      fs.rmSync(path.join(root, 'i'), { force: true });
    }
    assert.equal(found.length, 2, found.join('\n'));
  });

  test('both ways of a criss-cross merge, with ancestors as deep as each other and not', async () => {
    let criss = 0;
    let cross = 0;
    for (let round = 0; round < 6; round++) {
      const start = round * 8;
      const at = (number: number): string => String(start + number);
      await onTop('null', `root ${round}`, () => write('f', 'f\n'));
      await onTop(at(0), `copy ${round}`, () => must('cp', path.join(root, 'f'), path.join(root, 'g')));
      await onTop(at(0), `other ${round}`, () => write('x', 'x\n'));
      await onTop(at(round < 4 ? 0 : round - 3), `deeper ${round}`, () => write('y', 'y\n'));
      const [one, other] = round === 4 ? [at(3), at(2)] : round === 5 ? [at(1), at(3)] : [at(1), at(2)];
      await merge(one, other, 'merge');
      await merge(other, one, 'merge back');
      await onTop(at(4), `without ${round}`, () => must('rm', path.join(root, 'g')));
      await onTop(at(5), `moved ${round}`, () => move('g', 'h'));
      const answer = await copies(at(6), at(7));
      if (answer === 'A h\n  f\n') criss++;
      else if (answer === 'A h\n') cross++;
      else assert.fail(answer);
      await copies(at(7), at(6));
    }
    assert.ok(criss > 0 && cross > 0, `${criss} and ${cross}`);
  });
});
