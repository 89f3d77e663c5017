// What we read from a dirstate against what `hg debugstate` says of it, for real repositories in many states.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { compareBytes } from '../../src/base/bytePath.ts';
import type { Dirstate } from '../../src/mercurial/dirstate/dirstate.ts';
import { diffDirstates } from '../../src/mercurial/dirstate/diffDirstates.ts';
import { readDirstate } from '../../src/mercurial/dirstate/readDirstate.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { encodeV1 } from '../support/dirstateBytes.ts';
import { DIRSTATE_FORMATS, HgSandbox } from '../support/hgSandbox.ts';

const traits = { executableBit: true, symlinks: true };

function read(sandbox: HgSandbox, repository = 'repo'): Dirstate {
  return readDirstate(new Vfs(), sandbox.path(`${repository}/.hg`), { traits });
}

/** Our entries in the words of `hg debugstate`: state, mode, size, time, path. */
function describeEntries(dirstate: Dirstate): string[] {
  const { table } = dirstate;
  const lines: string[] = [];
  const copies: string[] = [];
  for (const node of dirstate.entries()) {
    const flags = table.flags[node]!;
    const [tracked, p1, p2] = [(flags & 1) !== 0, (flags & 2) !== 0, (flags & 4) !== 0];
    const hasSize = tracked && p1 && !p2 && (flags & 0x400) !== 0;
    const state = !tracked ? 'r' : p1 && p2 ? 'm' : p1 || p2 ? 'n' : 'a';
    const removedSize = !p2 ? 0 : p1 ? -1 : -2;
    const size = !tracked ? removedSize : p2 ? -2 : hasSize ? table.size[node]! : -1;
    const mode = !hasSize ? '0' : (flags & 0x10) !== 0 ? 'lnk' : (flags & 8) !== 0 ? '755' : '644';
    // A time in an ambiguous second is none in the words of version 1, which debugstate speaks.
    const hasTime = (flags & 0x1800) === 0x800;
    const time = state === 'r' ? 'set' : hasTime ? `${table.mtimeSeconds[node]!}` : 'unset';
    lines.push(`${state} ${mode} ${size} ${time} ${dirstate.path(node)}`);
    const source = dirstate.copySource(node);
    if (source !== undefined) copies.push(`copy: ${source} -> ${dirstate.path(node)}`);
  }
  return [...lines.sort(compareBytes), ...copies.sort(compareBytes)];
}

/** What `hg debugstate` says, in the same form. */
function debugState(sandbox: HgSandbox, repository = 'repo'): string[] {
  const output = sandbox.hg(repository, ['debugstate']).toString('latin1');
  const lines: string[] = [];
  const copies: string[] = [];
  for (const line of output.split('\n').filter(text => text !== '')) {
    if (line.startsWith('copy: ')) {
      copies.push(line);
      continue;
    }
    const match = /^(.) +(\S+) +(-?\d+) (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|set|unset) +(.*)$/.exec(line);
    assert.ok(match, line);
    const [, state, mode, size, time, path] = match;
    const seconds = /^\d/.test(time!) ? `${Date.parse(`${time!.replace(' ', 'T')}Z`) / 1000}` : time;
    lines.push(`${state} ${mode} ${size} ${state === 'r' ? 'set' : seconds} ${path}`);
  }
  return [...lines.sort(compareBytes), ...copies.sort(compareBytes)];
}

for (const format of ['v1', 'v2'] as const) {
  describe(`the dirstate of real repositories, ${format}`, () => {
    const sandbox = new HgSandbox(DIRSTATE_FORMATS[format]);
    after(() => sandbox.dispose());

    const hg = (...args: string[]): Buffer => sandbox.hg('repo', args);

    /** The states are made one from another, so that the order of the tests is theirs. */
    function state(name: string, make: () => void, expected: (lines: string[]) => boolean): void {
      test(name, () => {
        const previous = fs.existsSync(sandbox.path('repo/.hg')) ? read(sandbox) : undefined;
        make();
        const dirstate = read(sandbox);
        const ours = describeEntries(dirstate);
        assert.deepEqual(ours, debugState(sandbox));
        assert.ok(expected(ours), ours.join('\n'));
        const [p1, p2] = hg('log', '-r', 'p1() + p2()', '-T', '{node}\n').toString().split('\n');
        assert.equal(dirstate.p1, p1 === '' ? '0'.repeat(40) : p1);
        assert.equal(dirstate.p2, p2 === '' || p2 === undefined ? '0'.repeat(40) : p2);
        for (const node of dirstate.entries()) assert.equal(dirstate.find(dirstate.path(node)), node);
        if (previous !== undefined) assertDifference(previous, dirstate);
      });
    }

    /** The difference must have each path whose line changed, and may have no path that is in neither. */
    function assertDifference(previous: Dirstate, next: Dirstate): void {
      const before = new Set(describeEntries(previous));
      const now = new Set(describeEntries(next));
      const reported = new Set<string>();
      diffDirstates(previous, next, path => reported.add(path));
      for (const line of [...before, ...now]) {
        if (line.startsWith('copy: ') || (before.has(line) && now.has(line))) continue;
        const path = line.split(' ').slice(4).join(' ');
        assert.ok(reported.has(path), `${path} is not in the difference`);
      }
      diffDirstates(next, next, path => assert.fail(`${path} differs from itself`));
    }

    before(() => {
      sandbox.hg('.', ['init', 'repo']);
    });

    state(
      'without a commit',
      () => undefined,
      lines => lines.length === 0,
    );

    state(
      'with added files',
      () => {
        for (const name of ['a', 'b', 'd/e/f', 'd/e/g', 'd/h', 'd.x', 'd-y', 'sp ace/n l', 'z\xff/\xe9', 'script']) {
          sandbox.write('repo', name, `content of ${name}`);
        }
        fs.chmodSync(sandbox.path('repo/script'), 0o755);
        fs.symlinkSync('a', sandbox.path('repo/link'));
        for (let i = 0; i < 300; i++) sandbox.write('repo', `many/${i % 17}/file-${i}`, `${i}`);
        hg('add', '-q');
      },
      lines => lines.length === 311 && lines.every(line => line.startsWith('a ')),
    );

    state(
      'after a commit',
      () => hg('commit', '-m', 'one'),
      lines => lines.filter(line => line.startsWith('n ')).length === 311,
    );

    state(
      'after a status, which records times',
      () => hg('status'),
      lines => lines.includes('n 644 12 1000000000 a') && lines.some(line => line.startsWith('n lnk 1 ')),
    );

    state(
      'with changes of every kind',
      () => {
        sandbox.write('repo', 'a', 'other content, other size');
        fs.chmodSync(sandbox.path('repo/b'), 0o755);
        hg('copy', 'd/h', 'd/copied');
        hg('rename', 'd/e/g', 'renamed');
        hg('remove', 'd.x');
        hg('forget', 'd-y');
        sandbox.write('repo', 'new', 'new');
        hg('add', 'new');
        fs.rmSync(sandbox.path('repo/d/e/f'));
        hg('status');
      },
      lines =>
        lines.filter(line => line.startsWith('r ')).length === 3 &&
        lines.includes('copy: d/h -> d/copied') &&
        lines.includes('copy: d/e/g -> renamed'),
    );

    state(
      'with a removed file whose path became a directory, and the reverse',
      () => {
        hg('revert', '-q', '--all', '--no-backup');
        hg('remove', '-q', 'd.x', 'd/e/f', 'd/e/g', 'd/h');
        sandbox.write('repo', 'd.x/inside', 'x');
        fs.rmSync(sandbox.path('repo/d'), { recursive: true });
        sandbox.write('repo', 'd', 'file now');
        hg('add', '-q', 'd.x/inside', 'd');
      },
      lines =>
        lines.includes('r 0 0 set d.x') &&
        lines.includes('a 0 -1 unset d.x/inside') &&
        lines.includes('a 0 -1 unset d'),
    );

    state(
      'with a second head',
      () => {
        fs.rmSync(sandbox.path('repo/d.x'), { recursive: true });
        fs.rmSync(sandbox.path('repo/d'));
        hg('update', '-q', '-C', '.');
        sandbox.write('repo', 'a', 'second a');
        hg('commit', '-q', '-m', 'two');
        hg('update', '-q', '-C', '0');
        sandbox.write('repo', 'a', 'side a');
        sandbox.write('repo', 'only-here', 'side');
        hg('remove', '-q', 'b');
        hg('rename', '-q', 'script', 'moved');
        hg('commit', '-q', '-A', '-m', 'three');
        hg('update', '-q', '-C', '1');
        sandbox.write('repo', 'a', 'main a');
        sandbox.write('repo', 'script', 'changed script');
        hg('commit', '-q', '-m', 'four');
      },
      lines => lines.every(line => line.startsWith('n ')),
    );

    state(
      'in a merge with conflicts',
      () => sandbox.hg('repo', ['merge', '-q', '--tool', ':fail', '-r', '2'], 1),
      lines => lines.some(line => line.startsWith('m ')) && lines.some(line => line.startsWith('n 0 -2 ')),
    );

    state(
      'in a merge, files of it removed and forgotten',
      () => {
        hg('remove', '-f', 'only-here');
        hg('resolve', '-q', '-a', '-m');
      },
      lines => lines.some(line => /^r 0 -[12] /.test(line)),
    );

    state(
      'after the merge is committed',
      () => hg('commit', '-q', '-m', 'merged'),
      lines => lines.every(line => line.startsWith('n ')),
    );

    state(
      'at the null revision',
      () => hg('update', '-q', '-C', 'null'),
      lines => lines.length === 0,
    );

    state(
      'updated from there',
      () => hg('update', '-q', '-C', '0'),
      lines => lines.length === 311,
    );

    state(
      'rebuilt, knowing nothing',
      () => hg('debugrebuilddirstate'),
      lines => lines.length === 311 && lines.every(line => line.startsWith('n 0 -1 unset ')),
    );
  });
}

describe('what nobody would write, version 1', () => {
  const sandbox = new HgSandbox(DIRSTATE_FORMATS.v1);
  after(() => sandbox.dispose());
  const parent = (): string => sandbox.hg('repo', ['log', '-r', '.', '-T', '{node}']).toString();

  before(() => {
    sandbox.hg('.', ['init', 'repo']);
    for (const name of ['a', 'b', 'd/e']) sandbox.write('repo', name, 'hello\n');
    sandbox.hg('repo', ['commit', '-q', '-A', '-m', 'one']);
  });

  test('of two entries of one path the later wins, and a copy source stays', () => {
    const entries = [
      { state: 'n', size: 6, mtime: 1e9, path: 'a', copy: 'b' },
      { state: 'n', size: 6, mtime: 1e9, path: 'b' },
      { state: 'n', size: 6, mtime: 1e9, path: 'd/e' },
      { state: 'n', size: 9, mtime: 1e9, path: 'a' },
      { state: 'r', size: 0, mtime: 0, path: 'b' },
    ];
    fs.writeFileSync(sandbox.path('repo/.hg/dirstate'), encodeV1(entries, parent()));
    assert.deepEqual(describeEntries(read(sandbox)), [
      'n 644 6 1000000000 d/e',
      'n 644 9 1000000000 a',
      'r 0 0 set b',
      'copy: b -> a',
    ]);
    assert.deepEqual(describeEntries(read(sandbox)), debugState(sandbox));
  });

  test('a damaged file stops Mercurial and us', () => {
    const whole = encodeV1([{ state: 'n', size: 6, mtime: 1e9, path: 'a' }], parent());
    for (const bytes of [
      whole.subarray(0, 39),
      whole.subarray(0, whole.length - 1),
      Buffer.from(whole).fill('x', 40, 41),
    ]) {
      fs.writeFileSync(sandbox.path('repo/.hg/dirstate'), bytes);
      assert.throws(() => sandbox.hg('repo', ['status']));
      assert.throws(() => read(sandbox), { code: 'corrupt' });
    }
  });
});
