// `quicksilver cat` against `hg cat`, and what names of revisions stand for in repositories made for it.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';
import { hgIn, quicksilver as runQuicksilver, sameAnswer, type Run } from '../support/comparedCommands.ts';
import { HgServer } from '../support/hgServer.ts';

const skip = process.platform === 'win32' ? 'symbolic links are used' : false;

let base = '';
let root = '';

/** A new one for each test: an extension that was once loaded is there for every command that follows. */
let server: HgServer;

async function must(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await hg(args);
  assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
  return stdout;
}

const hg = (args: readonly string[], cwd = root): Promise<Run> => hgIn(server, args, cwd);
const quicksilver = (args: readonly string[], cwd = root): Promise<Run> => runQuicksilver(args, cwd);
const same = async (args: readonly string[], cwd = root): Promise<Run> => sameAnswer(args, cwd, await hg(args, cwd));

function write(name: string, content: string | Buffer): void {
  fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  fs.writeFileSync(path.join(root, name), content);
}

async function commit(message: string): Promise<string> {
  await must('commit', '-qA', '-m', message, '-d', '0 0');
  return must('log', '-r', '.', '-T', '{node}');
}

beforeEach(async () => {
  base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-cat-')));
  root = path.join(base, 'r');
  server = new HgServer(undefined);
  await hg(['init', root], base);
});

afterEach(async () => {
  await server.close();
  removeTree(base);
});

describe('quicksilver cat', { skip }, () => {
  test('files, directories, patterns, links, and what is not there', async () => {
    for (const name of ['a', 'b', 'd/x', 'd/e/y', 'd.b', 'z', 'ü']) write(name, `${name}\n`);
    write('meta', '\x01\nfoo');
    write('binary', Buffer.from([0, 13, 10, 255, 254, 1]));
    write('big', Buffer.alloc(2_500_000, 'many lines\n'));
    fs.symlinkSync('a', path.join(root, 'link'));
    await commit('one');
    await must('mv', 'a', 'moved');
    write('b', 'changed\n');
    await commit('two');
    write('b', 'not committed\n');
    for (const args of [
      ...['a', 'b', 'd', '.', 'link', 'meta', 'binary', 'big', 'nosuch', 'nosuch a', 'z nosuch a', 'moved', 'd/'],
      ...[
        'z d/e b',
        'b b d d/x',
        'd.b d',
        'd nosuch/q',
        'nosuch2 nosuch1 d',
        'b/x',
        'link/x',
        'glob:*',
        'glob:q*',
        'ü',
      ],
      ...['glob:nodir/*', 're:d/.*', 'nosuch re:q', 'rootfilesin:d', 'rootglob:no/x nosuch', 'path:d', 'nosuch .'],
      ...['-r 0 a b', '-r null a', '-r null nosuch d', '-r tip moved', '-r 5 a', '-r 0 moved', '../x', '.hg/requires'],
      '--rev p1() b',
    ]) {
      await same(['cat', ...args.split(' ')]);
    }
    for (const args of ['x', 'e', 'nosuch', '../b e', 'path:b', '.', 'glob:*']) {
      await same(['cat', ...args.split(' ')], path.join(root, 'd'));
    }
    assert.equal((await same(['cat', '-R', root, path.join(root, 'b')], base)).stdout, 'changed\n');
    assert.match((await quicksilver(['cat'])).stderr, /^abort: .*needs a path\n$/);
    assert.match((await quicksilver(['cat', '-r', 'wdir()', 'b'])).stderr, /working copy/);
  });

  test('a text that its node does not name is an error with file and revision', async () => {
    write('f', 'content that is there\n');
    const node = await commit('one');
    const file = path.join(root, '.hg/store/data/f.i');
    const bytes = fs.readFileSync(file);
    bytes[bytes.indexOf('there')]! ^= 1;
    fs.writeFileSync(file, bytes);
    const { code, stdout, stderr } = await quicksilver(['cat', 'f']);
    assert.equal((await hg(['cat', 'f'])).code, 255);
    assert.equal(code, 255);
    assert.equal(stdout, '');
    assert.equal(
      stderr,
      `abort: f in ${node.slice(0, 12)}: ${file}: revision 0 does not have the text its node names\n`,
    );
  });

  test('censored content is an error, or empty if the configuration says so', async () => {
    write('f', 'secret\n');
    write('g', 'g\n');
    await commit('one');
    write('f', 'public\n');
    await commit('two');
    await must('--config', 'extensions.censor=', 'censor', '-r', '0', 'f');
    await same(['cat', '-r', '0', 'f', 'g']);
    assert.match((await quicksilver(['cat', '-r', '0', 'f'])).stderr, /^abort: f in [0-9a-f]{12}: .*censored node/);
    await same(['cat', 'f', 'g']);
    write('.hg/hgrc', '[censor]\npolicy = ignore\n');
    assert.equal((await same(['cat', '-r', '0', 'f', 'g'])).stdout, 'g\n');
  });

  test('large files, if they are there, and copies of them', async () => {
    write('.hg/hgrc', `[extensions]\nlfs =\n[lfs]\ntrack = size('>5B')\nusercache = ${base}/cache\n`);
    write('large', 'a large one\n');
    write('small', 's\n');
    await commit('one');
    await must('mv', 'large', 'moved');
    await commit('two');
    await must('cp', 'moved', 'copied');
    write('copied', 'a larger one\n');
    await commit('three');
    await same(['cat', 'moved', 'copied', 'small']);
    assert.match((await same(['status', '-C', '--rev', '0', '--rev', '2'])).stdout, /copied\n {2}large\n/);
    await same(['status', '-C', '--change', '2']);
    const local = path.join(root, '.hg/store/lfs');
    fs.rmSync(local, { recursive: true });
    // What the repository lacks may be in the user's cache. There hg finds it, too, and takes it back.
    await same(['cat', 'small', 'moved']);
    for (const folder of [local, path.join(base, 'cache')]) fs.rmSync(folder, { recursive: true });
    const { stdout, stderr } = await quicksilver(['cat', 'small', 'moved']);
    assert.equal(stdout, '');
    assert.match(stderr, /^abort: moved in [0-9a-f]{12}: .*not been downloaded \(SHA-256 [0-9a-f]{64}, 12 bytes\)\n$/);
  });
});

describe('names of revisions', { skip }, () => {
  /** What a name stands for: told by the files of that revision. */
  const checkAll = async (...names: string[]): Promise<void> => {
    for (const name of names) await same(['status', '--rev', 'null', '--rev', name]);
  };

  test('a bookmark wins over a tag, a tag over a branch, a branch over an abbreviated node', async () => {
    const nodes: string[] = [];
    for (let i = 0; i < 5; i++) {
      write(`f${i}`, `${i}\n`);
      nodes.push(await commit(String(i)));
    }
    const prefixed = nodes.map(node => node.slice(0, 4)).filter(prefix => !/^\d+$/.test(prefix));
    const [first = '', second = '', third = ''] = prefixed;
    await must('bookmark', '-r', '0', first);
    await must('tag', '-l', '-r', '1', first);
    await must('tag', '-l', '-r', '1', second);
    await must('bookmark', '-r', '2', 'three');
    await must('branch', '-q', '-f', third);
    write('g', '');
    await commit('on a branch called like a node');
    await must('tag', '-r', '2', '-d', '0 0', third);
    await checkAll(first, second, third, 'three', ...prefixed);
    fs.rmSync(path.join(root, '.hg/cache'), { recursive: true, force: true });
    await checkAll(first, second, third, 'three', ...prefixed);
  });

  test('an abbreviated node that fits several changesets is an error that lists them', async () => {
    const nodes: string[] = [];
    for (let i = 0; i < 40; i++) {
      write('f', `${i}\n`);
      nodes.push(await commit(String(i)));
    }
    const letter = 'abcdef'.split('').find(first => nodes.filter(node => node.startsWith(first)).length > 1)!;
    const fitting = nodes.flatMap((node, i) => (node.startsWith(letter) ? [`${i}:${node}`] : []));
    const { stderr } = await same(['status', '--rev', letter]);
    for (const candidate of fitting.slice(0, 10)) assert.ok(stderr.includes(candidate), stderr);
  });

  test('branches with open and closed heads', async () => {
    write('f', '');
    await commit('root');
    for (const [branch, closes] of [
      ['one', ['', '--close-branch']],
      ['two', ['--close-branch', '--close-branch']],
      ['three', ['--close-branch', '']],
    ] as const) {
      for (const [i, flag] of closes.entries()) {
        await must('update', '-q', '-C', '0');
        await must('branch', '-q', '-f', branch);
        write(`${branch}${i}`, '');
        await must('commit', '-qA', '-m', 'head', '-d', '0 0');
        if (flag !== '') await must('commit', '-q', '-m', 'closed', '-d', '0 0', flag);
      }
    }
    // A branch that was continued on another one and taken up again.
    await must('branch', '-q', 'four');
    await must('commit', '-q', '-m', 'between', '-d', '0 0');
    await must('branch', '-q', '-f', 'three');
    await must('commit', '-q', '-m', 'again', '-d', '0 0', '--close-branch');
    const names = ['one', 'two', 'three', 'four', 'default'];
    await checkAll(...names);
    fs.rmSync(path.join(root, '.hg/cache'), { recursive: true, force: true });
    for (const name of names) {
      const { stdout } = await quicksilver(['status', '--rev', 'null', '--rev', name]);
      assert.equal(stdout, (await hg(['status', '--rev', 'null', '--rev', name])).stdout, name);
      fs.rmSync(path.join(root, '.hg/cache'), { recursive: true, force: true });
    }
  });

  test('tags that were moved, removed and moved on several heads', async () => {
    for (let i = 0; i < 4; i++) {
      write(`f${i}`, '');
      await commit(String(i));
    }
    const tag = (...args: string[]): Promise<string> => must('tag', '-q', '-f', '-d', '0 0', ...args);
    await tag('-r', '0', 'moved', 'removed', 'elsewhere');
    await tag('-r', '1', 'moved', 'both');
    await must('update', '-q', '-C', '4');
    await tag('-r', '2', 'elsewhere', 'both');
    await must('update', '-q', '-C', '5');
    await must('tag', '-q', '-d', '0 0', '--remove', 'removed');
    await tag('-r', '3', 'moved');
    await must('update', '-q', '-C', '6');
    await tag('-r', '3', 'elsewhere');
    const names = ['moved', 'removed', 'elsewhere', 'both', 'tip'];
    await checkAll(...names);
    await tag('-l', '-r', '0', 'both', 'local');
    fs.appendFileSync(
      path.join(root, '.hg/localtags'),
      `${'1'.repeat(40)} moved\nnonsense\n${'0'.repeat(40)} elsewhere\n`,
    );
    await checkAll(...names, 'local');
  });

  test('bookmarks of a share are those of its source if it shares them', async () => {
    write('f', '');
    await commit('one');
    await must('bookmark', 'in-source');
    // Without the extension, Mercurial does not look for a share's bookmarks in its source.
    const settings = path.join(base, 'hgrc');
    fs.writeFileSync(settings, '[extensions]\nshare =\n');
    const share = path.join(base, 'share');
    await hg(['--config', 'extensions.share=', 'share', '-B', root, share], base);
    const other = path.join(base, 'other');
    await hg(['--config', 'extensions.share=', 'share', root, other], base);
    await hg(['tag', '-l', '-r', '0', 'local'], share);
    for (const cwd of [root, share, other]) {
      fs.copyFileSync(settings, path.join(cwd, '.hg/hgrc'));
      for (const name of ['in-source', 'local', 'default', '.']) {
        await same(['status', '--rev', 'null', '--rev', name], cwd);
      }
    }
  });

  test('hidden changesets', async () => {
    root = path.join(base, 'archiving');
    await hg(['--config', 'format.exp-archived-phase=1', 'init', root], base);
    const evolve = ['--config', 'experimental.evolution=all'];
    const amend = (): Promise<string> => must(...evolve, 'commit', '-q', '--amend', '-A', '-m', 'amended', '-d', '0 0');
    write('.hg/hgrc', '[experimental]\nevolution = all\n[phases]\npublish = False\n');
    write('f0', '');
    await commit('0');
    write('f1', '');
    const one = await commit('1');
    write('f2', '');
    await amend();
    write('f3', '');
    const three = await commit('3');
    await must('bookmark', '-i', '-r', '.', 'keeps');
    write('f4', '');
    await amend();
    await must('update', '-q', '-C', '0');
    write('f5', '');
    const five = await commit('5');
    await must('tag', '-l', '-r', five, 'local');
    write('f6', '');
    await amend();
    write('f7', '');
    await commit('7');
    write('f8', '');
    await amend();
    await must('update', '-q', '0');
    await must(
      '--config',
      'extensions.strip=',
      'strip',
      '--soft',
      '-q',
      '-r',
      'tip',
      '--config',
      'format.exp-archived-phase=1',
    );
    const count = Number(await must('log', '--hidden', '-r', 'max(all())', '-T', '{rev}')) + 1;
    assert.deepEqual([count, count - (await must('log', '-T', 'x')).length], [9, 4]);
    const numbers = Array.from({ length: count * 2 }, (_, i) => String(i - count));
    await checkAll(
      ...numbers,
      'tip',
      'default',
      'keeps',
      'local',
      one,
      one.slice(0, 12),
      three,
      five,
      five.slice(0, 7),
    );
  });
});
