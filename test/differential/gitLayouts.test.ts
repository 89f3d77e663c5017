// Where a working tree's settings come from: its own, or those of a repository that several share. And which of many
// equal files was renamed.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';
import { base, Repository } from '../support/comparedGit.ts';

function at(root: string): Repository {
  return Object.assign(Object.create(Repository.prototype) as Repository, { root });
}

const BARE = /the repository is bare/;
const ELSEWHERE = /core\.worktree leads to another working tree/;

describe('a working tree of a bare repository', () => {
  const bare = path.join(base, 'bare.git');
  const tree = at(path.join(base, 'linked'));
  const shared = path.join(bare, 'config');
  const own = path.join(bare, 'worktrees', 'linked', 'config.worktree');
  const perTree = '[extensions]\n\tworktreeConfig = true\n';
  /** Settings that all share, those of this one alone, and why git fails; undefined: it answers. */
  const cases: readonly (readonly [string, string, RegExp | undefined])[] = [
    ['[core]\n\tbare = true\n', '', undefined],
    ['[core]\n\tbare\n', '', undefined],
    ['[core]\n\tbare = true\n\tworktree = /nowhere\n', '', undefined],
    ['[core]\n\tbare = true\n', '[core]\n\tbare = true\n', undefined],
    [`[core]\n\tbare = true\n${perTree}`, '', BARE],
    [`[core]\n\tbare = true\n${perTree}`, '[core]\n\tbare = false\n', undefined],
    [`[core]\n\tbare = false\n${perTree}`, '[core]\n\tbare = true\n', BARE],
    [perTree, `[core]\n\tworktree = ${path.join(base, 'linked')}\n`, undefined],
    [`[core]\n\tworktree = /nowhere\n${perTree}`, '', ELSEWHERE],
  ];
  let before = '';

  test('is answered unless its own settings say that it is bare', async () => {
    const source = new Repository('bare-source');
    source.write('a', 'a\n');
    source.commit('one');
    source.git('clone', '-q', '--bare', source.root, bare);
    at(bare).git('worktree', 'add', '-q', tree.root, 'main');
    tree.write('b', 'b\n');
    before = fs.readFileSync(shared, 'latin1').replace(/^\s*bare = .*\n/m, '');
    for (const [common, single, problem] of cases) {
      fs.writeFileSync(shared, `${before}${common}`);
      fs.writeFileSync(own, single);
      if (problem === undefined) {
        await tree.compareForms();
      } else {
        if (problem === BARE) assert.throws(() => tree.git('status'), common + single);
        await assert.rejects(tree.ownStatus(['-s']), { code: 'unsupported', message: problem });
      }
    }
  });

  test('the settings of the user and of included files make no repository bare', async t => {
    const repository = new Repository('not-bare');
    repository.write('a', 'a\n');
    repository.git('config', '--unset', 'core.bare');
    const included = path.join(base, 'bare-settings');
    fs.writeFileSync(included, '[core]\n\tbare = true\n\tworktree = /nowhere\n');
    repository.git('config', 'include.path', included);
    await repository.compareForms();
    const settings = path.join(base, '.gitconfig');
    const user = fs.readFileSync(settings, 'latin1');
    t.after(() => fs.writeFileSync(settings, user));
    fs.appendFileSync(settings, '[core]\n\tbare = true\n');
    await repository.compareForms();
  });

  test('whose submodule has linked working trees is answered in those', async () => {
    const inner = new Repository('inner');
    inner.write('i', 'i\n');
    inner.commit('one');
    const outer = new Repository('outer');
    outer.git('submodule', '-q', 'add', inner.root, 'sub');
    const linked = at(path.join(base, 'linked-submodule'));
    at(path.join(outer.root, 'sub')).git('worktree', 'add', '-q', linked.root);
    linked.write('i', 'changed\n');
    await linked.compareForms();
  });
});

test('of many equal files the one with the same name was renamed, if it is among the first hundred', async () => {
  for (const [count, gone] of [
    [120, [99, 100, 101]],
    // Those that were found for others do not count.
    [220, [...Array.from({ length: 60 }, (_, i) => i), 155, 162]],
  ] as const) {
    for (const targets of count === 120 ? gone.map(each => [each]) : [gone]) {
      const repository = new Repository(`equal-${targets.length}-${targets[0]}`);
      for (let i = 0; i < count; i++) repository.write(`s/${1000 + i}`, 'same\n');
      repository.commit('one');
      repository.git('rm', '-rq', 's');
      for (const each of targets) repository.write(`t/${1000 + each}`, 'same\n');
      repository.git('add', '-A');
      await repository.compare(['--porcelain=v2']);
    }
  }
});
