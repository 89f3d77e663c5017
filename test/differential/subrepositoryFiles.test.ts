// Files in subrepositories, by the commands that show files of revisions, against hg.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';
import { hgIn, quicksilver, sameAnswer, type Run } from '../support/comparedCommands.ts';
import { HgServer } from '../support/hgServer.ts';

describe('files in subrepositories', () => {
  let base = '';
  let root = '';
  let server: HgServer;

  const same = async (line: string, cwd = root): Promise<Run> => {
    const args = line.split(' ');
    return sameAnswer(args, cwd, await hgIn(server, args, cwd));
  };

  const write = (name: string, content: string): void => fs.writeFileSync(path.join(root, name), content);

  async function commit(name: string): Promise<void> {
    const { code, stderr } = await hgIn(server, ['commit', '-qA', '-m', 'm', '-d', '0 0'], path.join(root, name));
    assert.equal(code, 0, stderr);
  }

  /** Three levels, each with two revisions. The first revision of the outermost has no subrepository. */
  before(async () => {
    base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-parts-')));
    root = path.join(base, 'r');
    server = new HgServer(undefined);
    for (const name of ['', 'in', 'in/deep', 'other']) await hgIn(server, ['init', path.join(root, name)], base);
    write('f', 'f\n');
    await commit('');
    write('in/deep/d', 'd1\n');
    await commit('in/deep');
    write('in/.hgsub', 'deep = deep\n');
    write('in/i', 'i\n');
    await commit('in');
    write('other/o', 'o\n');
    await commit('other');
    write('.hgsub', 'in = in\nother = other\n');
    await commit('');
    write('in/deep/d', 'd2\n');
    for (const name of ['in/deep', 'in', '']) await commit(name);
    write('in/deep/d', 'not committed\n');
  });

  after(async () => {
    await server.close();
    removeTree(base);
  });

  test('are printed as the outermost revision records them', async () => {
    assert.equal((await same('cat in/deep/d')).stdout, 'd2\n');
    assert.equal((await same('cat -r 1 in/deep/d')).stdout, 'd1\n');
    for (const selected of [
      ...[
        'in/i',
        'in',
        '.',
        'in/deep',
        'f in/i',
        'in/i f',
        'in/nope f',
        'nope in/i',
        'in/deep/nope',
        'in/deep/nope other',
      ],
      ...['glob:**d', 'relglob:i', 're:.*d$', 'path:in', 'rootfilesin:in', 'rootfilesin:.', 'glob:in/*', '-X in .'],
      ...['-I in/i .', '-I other in', '-r 0 in/i', '-r null in/i', '-r 0 .', 'in/.hgsubstate'],
    ]) {
      await same(`cat ${selected}`);
    }
    await same('cat -R .. i', path.join(root, 'in'));
    await same('cat i deep/d', path.join(root, 'in'));
  });

  test('are passed over by annotate', async () => {
    for (const selected of ['in/i', 'in', 'in/nope', 'in/nope f', '.', 'glob:in/*', 'in/deep/d', '-r 0 f']) {
      await same(`annotate ${selected}`);
      if (!selected.startsWith('-r')) await same(`annotate -r wdir() ${selected}`);
    }
    for (const selected of ['nope', 'in/i nope', '-r 0 in/i']) {
      assert.equal((await same(`annotate ${selected}`)).code, 255);
    }
  });

  test('are no files for log, and mostly an error', async () => {
    write('untracked', '');
    fs.mkdirSync(path.join(root, 'nested'));
    await hgIn(server, ['init', path.join(root, 'nested/n')], root);
    write('nested/n/x', '');
    fs.symlinkSync('in', path.join(root, 'link'));
    const selections = [
      ...['in/i', 'in', 'in/nope', 'in/deep', 'in/deep/d', 'in/.hgsub', 'f in/i', 'in/i f', 'in f', 'nope in/i', 'f'],
      ...['path:in/i', 'path:in/i f', 'glob:in/*', 'glob:in/i f', 'glob:f in/i', 're:in/i', 'relglob:i', 'glob:**'],
      ...['rootglob:in/*', 'rootfilesin:in', '-I in/i', '-I in/i f', '-X in/i', '-X in/i f', '-X in .'],
      ...[
        'untracked',
        'untracked f',
        'nope',
        'nested',
        'nested/n',
        'nested/n/x',
        'nested/n/x f',
        'link/i',
        'link',
        '.',
      ],
    ];
    let aborts = 0;
    for (const options of [
      '',
      '-f',
      '-G',
      '-f -G',
      '--removed',
      '-r 0',
      '-r 1:0',
      '-f -r 1',
      '-p',
      '--stat',
      '-f -p',
    ]) {
      for (const selected of selections) {
        const args = ['log', '-T', '{rev}\n', ...options.split(' ').filter(Boolean)];
        if ((await same([...args, ...selected.split(' ')].join(' '))).code === 255) aborts++;
      }
    }
    assert.ok(aborts > 50, String(aborts));
    for (const line of ['log -R .. i', 'log -R .. -f i', 'log -R .. ../f', 'log -R .. -f ../untracked']) {
      await same(line, path.join(root, 'in'));
    }
    for (const name of ['untracked', 'nested', 'link']) removeTree(path.join(root, name));
  });

  test('of a subrepository that is not there are skipped, with a warning', async () => {
    fs.renameSync(path.join(root, 'other'), path.join(base, 'elsewhere'));
    try {
      const ours = await quicksilver(['cat', 'other/o', 'f'], root);
      assert.deepEqual(ours, { code: 0, stdout: 'f\nskipping missing subrepository: other\n', stderr: '' });
      assert.deepEqual(await same('cat other/o f'), ours);
    } finally {
      // By then hg has made an empty one in its place.
      removeTree(path.join(root, 'other'));
      fs.renameSync(path.join(base, 'elsewhere'), path.join(root, 'other'));
    }
  });

  test('are listed only where the settings of the repository around them allow it', async () => {
    for (const [around, hasAny] of [
      ['', true],
      ['in', true],
      ['in/deep', false],
    ] as const) {
      const settings = path.join(root, around, '.hg', 'hgrc');
      for (const setting of ['allowed=false', 'hg:allowed=false', 'git:allowed=false', 'allowed=true']) {
        fs.writeFileSync(settings, `[subrepos]\n${setting}\n`);
        const isForbidden = hasAny && setting !== 'git:allowed=false' && setting !== 'allowed=true';
        for (const line of ['status -S', 'status -S f', 'status -S in/i', 'status -S -X in', 'status']) {
          const { code } = await same(line);
          assert.equal(code, isForbidden && line !== 'status' ? 255 : 0, `${around}: ${setting}: ${line}`);
        }
      }
      fs.rmSync(settings);
    }
  });

  test('of another kind are an error only where they are selected', async () => {
    const git = (...args: string[]): void =>
      void execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a', ...args], { cwd: path.join(root, 'git') });
    fs.mkdirSync(path.join(root, 'git'));
    git('init', '-q');
    git('commit', '-q', '--allow-empty', '-m', 'm');
    fs.appendFileSync(path.join(root, '.hgsub'), 'git = [git]nowhere\n');
    const allowed = ['--config', 'subrepos.git:allowed=true'];
    const { code, stderr } = await hgIn(server, [...allowed, 'commit', '-qS', '-m', 'm', '-d', '0 0'], root);
    assert.equal(code, 0, stderr);
    const settings = path.join(root, '.hg', 'hgrc');
    const kinds = ['allowed=false', 'hg:allowed=false', 'git:allowed=false', '', 'git:allowed=true'];
    for (const [at, kind] of kinds.entries()) {
      fs.writeFileSync(settings, `[subrepos]\n${kind}\n`);
      for (const selected of [
        'f',
        'in/i',
        'in',
        'nope',
        'other/o',
        'f other/o',
        'f f',
        '-X nope f',
        '-r 1 in/i',
        '-r 0 f',
      ]) {
        await same(`cat ${selected}`);
      }
      for (const line of [
        '-p -r 1',
        '-p -r 3',
        '--stat -r 0:3',
        '-p f',
        '-f -p f',
        '-G -p -r 3',
        '-r 3 -T {node}',
        '-p -r 0',
      ]) {
        await same(`log ${line}`);
      }
      for (const line of ['annotate f', 'annotate in/i', 'status']) await same(line);
      if (at < 4) assert.equal((await same('status -S')).code, 255);
    }
    for (const selected of ['.', 'git/x', 're:f$']) {
      const ours = await quicksilver(['cat', selected], root);
      assert.equal(ours.stderr, 'abort: The subrepository git is of another kind than Mercurial.\n');
    }
  });
});
