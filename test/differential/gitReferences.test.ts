// Names of commits: HEAD, branches and upstreams in every form that Git reads, and in forms that it takes for damage.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { base, Repository } from '../support/comparedGit.ts';

const LATIN = Buffer.from('refs/heads/caf\xe9', 'latin1');

interface Committed {
  readonly repository: Repository;
  readonly id: string;
  /** Writes a file of the Git directory. */
  readonly put: (name: string, content: string | Buffer) => void;
}

function committed(name: string): Committed {
  const repository = new Repository(name);
  repository.write('a', 'a\n');
  repository.commit('first');
  const put = (file: string, content: string | Buffer): void =>
    repository.write(`.git/${file}`, content.toString('latin1'));
  return { repository, id: repository.git('rev-parse', 'HEAD').trim(), put };
}

async function compareNames(repository: Repository): Promise<void> {
  await repository.compare(['-sb']);
  await repository.compare(['--porcelain=v2', '-b']);
}

const BRANCH = 'refs/heads/main';

test('a branch whose name is not UTF-8', async t => {
  if (process.platform !== 'linux') {
    t.skip('names are not bytes here');
    return;
  }
  const { repository, id } = committed('not-utf-8');
  const git = Buffer.from(`${path.join(repository.root, '.git')}/`);
  fs.writeFileSync(Buffer.concat([git, Buffer.from('HEAD')]), Buffer.concat([Buffer.from('ref: '), LATIN]));
  assert.match(repository.git('status', '-sb'), /^## No commits yet on caf\xe9\nA {2}a$/m);
  await compareNames(repository);
  fs.writeFileSync(Buffer.concat([git, LATIN]), `${id}\n`);
  assert.equal(repository.git('status', '-sb'), '## caf\xe9\n');
  await compareNames(repository);
  repository.git('pack-refs', '--all');
  await compareNames(repository);
  fs.rmSync(Buffer.concat([git, Buffer.from('HEAD')]));
  fs.symlinkSync(LATIN, Buffer.concat([git, Buffer.from('HEAD')]));
  assert.equal(repository.git('status', '-sb'), '## caf\xe9\n');
  await compareNames(repository);
});

test('a commit in upper case, or with text after a blank', async () => {
  const { repository, id, put } = committed('spellings');
  const spellings = [id.toUpperCase(), `${id} more`, `${id}\tmore`, `${id}\r\n`, `${id}\nmore\n`, `${id}\0more`, id];
  for (const spelling of spellings) {
    for (const file of [BRANCH, 'HEAD']) {
      put('HEAD', `ref: ${BRANCH}\n`);
      put(file, spelling);
      assert.match(repository.git('status', '-sb'), /^## (?:main|HEAD \(no branch\))\n$/, spelling);
      await compareNames(repository);
    }
  }
  put('HEAD', `ref:\t${BRANCH}  \n`);
  repository.git('pack-refs', '--all');
  put('packed-refs', `${id.toUpperCase()} ${BRANCH}\n`);
  assert.equal(repository.git('status', '-sb'), '## main\n');
  await compareNames(repository);
});

test('a reference that names nothing is damage, not a branch without commits', async () => {
  const { repository, id, put } = committed('damaged');
  const damaged = async (name: string, content: string): Promise<void> => {
    put('HEAD', `ref: ${BRANCH}\n`);
    put(name, content);
    // Git names neither a branch nor the lack of commits.
    assert.equal(repository.git('status', '-sb'), '## A  a\n', `${name}: ${content}`);
    await assert.rejects(repository.ownStatus(['-sb']), { code: 'corrupt' }, `${name}: ${content}`);
  };
  for (const content of ['', '\0\0\0', '\n', 'ref: \n', `${id}x`, `${id}ab`, ` ${id}`, id.slice(1), `${id}\vx`]) {
    await damaged(BRANCH, content);
  }
  for (const target of [
    'a..b',
    'a b',
    'a.lock',
    '.x',
    'x/.y',
    'a@{b',
    'a.',
    'a~',
    'a^',
    'a:',
    'a*',
    'a?',
    'a[',
    'a\x7f',
    '',
    '/a',
    'a//b',
    '../../x',
    'a\\b',
  ]) {
    // prettier-ignore
    await damaged('HEAD', `ref: refs/heads/${target}\n`);
    await damaged(BRANCH, `ref: refs/heads/${target}\n`);
  }
  await damaged('HEAD', `${id}x`);
  await damaged(BRANCH, `ref: ${BRANCH}\n`);
  put('HEAD', 'ref: refs/heads/@\n');
  await compareNames(repository);
});

test('a branch that is a symbolic reference has the name of the last one', async () => {
  const { repository, id, put } = committed('symbolic');
  put('refs/heads/7', `${id}\n`);
  for (let step = 0; step < 7; step++) put(`refs/heads/${step}`, `ref: refs/heads/${step + 1}\n`);
  for (let start = 6; start > 3; start--) {
    put('HEAD', `ref: refs/heads/${start}\n`);
    assert.match(repository.git('status', '-sb'), /^## 7$/m);
    await compareNames(repository);
  }
  // Git follows no further.
  put('HEAD', 'ref: refs/heads/3\n');
  assert.equal(repository.git('status', '-sb'), '## A  a\n');
  await assert.rejects(repository.ownStatus(['-sb']), { code: 'corrupt' });
  put('HEAD', 'ref: refs/heads/one\n');
  put('refs/heads/one', 'ref: refs/heads/none\n');
  await compareNames(repository);
  put('refs/heads/one', 'ref: refs/heads/main\n');
  repository.git('branch', 'followed');
  repository.git('config', 'branch.main.remote', '.');
  repository.git('config', 'branch.main.merge', 'refs/heads/followed');
  repository.git('commit', '-q', '--allow-empty', '-m', 'ahead');
  assert.match(repository.git('status', '-sb'), /^## main\.\.\.followed \[ahead 1\]$/m);
  await compareNames(repository);
  put('refs/heads/link', `ref: refs/heads/followed\n`);
  repository.git('config', 'branch.main.merge', 'refs/heads/link');
  assert.match(repository.git('status', '-sb'), /^## main\.\.\.followed \[ahead 1\]$/m);
  await compareNames(repository);
  fs.symlinkSync('main', path.join(repository.root, '.git/refs/heads/soft'));
  put('HEAD', 'ref: refs/heads/soft\n');
  await compareNames(repository);
});

test('an upstream that is damaged counts as gone', async () => {
  const { repository, id, put } = committed('damaged-upstream');
  repository.git('branch', 'up');
  repository.git('branch', '-q', '-u', 'up');
  const contents = [
    `${id.toUpperCase()}\n`,
    '',
    `${'0'.repeat(40)}\n`,
    'ref: refs/heads/none\n',
    'ref: refs/heads/a..b\n',
  ];
  for (const content of contents) {
    put('refs/heads/up', content);
    await compareNames(repository);
  }
});

test('the name of an upstream is as short as other references allow', async () => {
  const { repository: origin } = committed('named-origin');
  const root = path.join(base, 'named');
  origin.git('clone', '-q', origin.root, root);
  const repository = Object.assign(Object.create(Repository.prototype) as Repository, { root });
  const others = ['heads/origin/main', 'tags/origin/main', 'origin/main', 'heads/remotes/origin/main'];
  const names = new Set<string>();
  const compare = async (): Promise<void> => {
    names.add(repository.git('status', '-sb').replace(/^## main\.\.\.|\n$/g, ''));
    await compareNames(repository);
  };
  await compare();
  for (const other of others) {
    repository.git('update-ref', `refs/${other}`, 'HEAD');
    await compare();
    repository.git('pack-refs', '--all');
    await compare();
    repository.git('update-ref', '-d', `refs/${other}`);
  }
  repository.git('config', 'branch.main.merge', 'refs/heads/HEAD');
  await compare();
  repository.git('config', 'branch.main.remote', '.');
  repository.git('branch', 'up');
  for (const merge of ['refs/heads/up', 'up', 'heads/up', 'refs/tags/up', 'refs/remotes/up', 'up/none']) {
    repository.git('config', 'branch.main.merge', merge);
    await compare();
    for (const other of ['refs/tags/up', 'refs/remotes/up', 'refs/up']) {
      repository.git('update-ref', other, 'HEAD');
      await compare();
      repository.git('update-ref', '-d', other);
    }
  }
  repository.git('config', 'branch.main.merge', 'refs/heads/up');
  for (const content of ['junk', repository.git('rev-parse', 'HEAD'), 'x'.repeat(100_000)]) {
    repository.write('.git/up', content);
    await compare();
    fs.rmSync(path.join(root, '.git/up'));
  }
  for (const name of ['origin/main', 'remotes/origin/main', 'up', 'heads/up']) assert.ok(names.has(name), name);
});

test('the first branch.<name>.merge counts, and mappings that leave something out do not', async () => {
  const { repository } = committed('mappings');
  repository.git('branch', 'up');
  repository.git('config', 'branch.main.remote', '.');
  repository.git('config', 'branch.main.merge', 'refs/heads/up');
  repository.git('config', '--add', 'branch.main.merge', 'refs/heads/none');
  assert.match(repository.git('status', '-sb'), /^## main\.\.\.up$/m);
  await compareNames(repository);
  repository.git('config', 'branch.main.remote', 'r');
  const all = '+refs/heads/*:refs/heads/*';
  const cases = [
    ...['refs/heads/up', 'refs/heads/u*', 'refs/heads/other', 'refs/heads/uup'].flatMap(left => [
      [`^${left}`, all],
      [all, `^${left}`],
      ['refs/heads/up:refs/heads/up', `^${left}`],
      ['refs/heads/u*:refs/heads/*', `^${left}`],
      ['refs/heads/*:refs/remotes/r/*', `^${left}`],
    ]),
    [all, 'refs/heads/*:refs/other/*'],
    ['up:refs/heads/up'],
    ['refs/heads/u*p:refs/heads/u*p'],
    ['refs/heads/up'],
  ];
  for (const mappings of cases) {
    repository.try('config', '--unset-all', 'remote.r.fetch');
    for (const mapping of mappings) repository.git('config', '--add', 'remote.r.fetch', mapping);
    await compareNames(repository);
  }
  repository.git('config', 'remote.r.fetch', 'refs/heads/*:refs/heads/up');
  assert.throws(() => repository.git('status', '-sb'));
  await assert.rejects(repository.ownStatus(['-sb']), { code: 'invalid-config', message: /invalid refspec/ });
});

test('a shallow history ends where it was cut off', async () => {
  const { repository: origin } = committed('deep');
  for (let message = 1; message < 6; message++) origin.git('commit', '-q', '--allow-empty', '-m', `${message}`);
  for (const depth of ['1', '2', '4']) {
    const root = path.join(base, `shallow-${depth}`);
    origin.git('clone', '-q', '--depth', depth, `file://${origin.root}`, root);
    const repository = Object.assign(Object.create(Repository.prototype) as Repository, { root });
    await compareNames(repository);
    repository.git('commit', '-q', '--allow-empty', '-m', 'ahead');
    assert.match(repository.git('status', '-sb'), /\[ahead 1\]/);
    await compareNames(repository);
    origin.git('commit', '-q', '--allow-empty', '-m', `after ${depth}`);
    repository.git('fetch', '-q', '--depth', '1');
    assert.match(repository.git('status', '-sb'), /\[ahead \d+, behind 1\]/);
    await compareNames(repository);
    repository.git('branch', 'linked');
    repository.git('worktree', 'add', '-q', path.join(base, `shallow-tree-${depth}`), 'linked');
    const linked = Object.assign(Object.create(Repository.prototype) as Repository, {
      root: path.join(base, `shallow-tree-${depth}`),
    });
    linked.git('branch', '-q', '-u', 'origin/main');
    await compareNames(linked);
    const file = path.join(root, '.git/shallow');
    const lines = fs.readFileSync(file, 'latin1');
    for (const content of [lines.toUpperCase(), lines.trimEnd(), lines.replaceAll('\n', ' more\n')]) {
      fs.writeFileSync(file, content);
      await compareNames(repository);
    }
    for (const content of ['junk\n', '\n', `${lines}\n`]) {
      fs.writeFileSync(file, content);
      assert.throws(() => repository.git('status', '-sb'));
      await assert.rejects(repository.ownStatus(['-sb']), { code: 'corrupt', message: /names no commit/ });
    }
  }
});
