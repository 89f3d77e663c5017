// Repositories inside of a Git working tree, made, changed and removed while the live model follows: git never lists a
// `.git`, and shows a repository without tracked files as one path.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { gitLines, liveLines } from '../support/gitAnswers.ts';
import { GitSandbox, type GitRoot } from '../support/gitSandbox.ts';
import { LiveHarness } from '../support/liveHarness.ts';

/** Directories of every kind, with the untracked file `u` in each. */
const PLACES = [
  'tracked',
  'tracked/below',
  'new',
  'new/er/est',
  'ignored',
  'ignored/below',
  'forced',
  'staged',
  'gone',
];

interface Rig {
  readonly repository: GitRoot;
  readonly at: (...names: string[]) => string;
  /** Compares with git when every change so far has been reported. */
  readonly compare: (what: string) => Promise<void>;
}

function prepare(t: TestContext, ...settings: readonly [name: string, value: string][]): Rig {
  const sandbox = new GitSandbox();
  t.after(() => sandbox.dispose());
  const repository = sandbox.init('repo');
  for (const [name, value] of settings) repository.git('config', name, value);
  repository.write('.gitignore', 'ignored\nforced\n');
  for (const name of ['tracked/f', 'tracked/below/f', 'forced/f', 'gone/f']) repository.write(name, 'one');
  repository.git('add', '-f', '.gitignore', 'tracked', 'forced', 'gone');
  repository.git('commit', '-q', '-m', 'one');
  for (const place of PLACES) repository.write(`${place}/u`, '');
  repository.git('add', 'staged/u');
  repository.git('rm', '-q', '--cached', 'gone/f');
  const live = new LiveHarness(repository.root, { backend: repository.backend() });
  t.after(() => live.dispose());
  const compare = async (what: string): Promise<void> => {
    await live.quiet();
    assert.equal(live.state.kind, 'ready', what);
    assert.deepEqual(liveLines(live), gitLines(repository), what);
  };
  return { repository, at: (...names) => path.join(repository.root, ...names), compare };
}

describe('a repository inside of a Git working tree', () => {
  it('is one path or none from its first moment to its last', async t => {
    const { repository, at, compare } = prepare(t);
    await compare('before');
    for (const place of PLACES) {
      const inside = (...args: readonly string[]): string => repository.git('-C', place, ...args);
      const steps: Readonly<Record<string, () => void>> = {
        'git init': () => repository.git('init', '-q', place),
        'a file of its state': () => fs.writeFileSync(at(place, '.git', 'more'), ''),
        'a new file': () => repository.write(`${place}/later`, ''),
        'a file below': () => repository.write(`${place}/deep/er`, ''),
        'a first commit': () => inside('commit', '-q', '--allow-empty', '-m', 'first'),
        'a tracked file': () => inside('add', 'later'),
        'another change': () => repository.write(`${place}/u`, 'changed'),
        'a broken HEAD': () => fs.renameSync(at(place, '.git', 'HEAD'), at(place, '.git', 'head')),
        'a change while it is broken': () => repository.write(`${place}/deep/more`, ''),
        'a whole HEAD': () => fs.renameSync(at(place, '.git', 'head'), at(place, '.git', 'HEAD')),
        'a new name': () => fs.renameSync(at(place, '.git'), at(place, '.other')),
        'the old name': () => fs.renameSync(at(place, '.other'), at(place, '.git')),
        'its end': () => fs.rmSync(at(place, '.git'), { recursive: true }),
        'a change after it': () => repository.write(`${place}/last`, ''),
      };
      for (const [what, step] of Object.entries(steps)) {
        step();
        await compare(`${place}: ${what}`);
      }
    }
  });

  it('is one from the moment on that its state is complete', async t => {
    const { at, compare } = prepare(t);
    for (const place of PLACES) {
      fs.mkdirSync(at(place, '.git'));
      await compare(`${place}: empty`);
      fs.mkdirSync(at(place, '.git', 'objects'));
      await compare(`${place}: with objects`);
      fs.mkdirSync(at(place, '.git', 'refs'));
      await compare(`${place}: with references`);
      fs.writeFileSync(at(place, '.git', 'HEAD'), 'ref: refs/heads/main\n');
      await compare(`${place}: whole`);
      fs.rmSync(at(place, '.git', 'refs'), { recursive: true });
      await compare(`${place}: without references`);
    }
  });

  it('may lie elsewhere', async t => {
    const { repository, at, compare } = prepare(t);
    repository.git('init', '-q', '--separate-git-dir', at('..', 'elsewhere'), at('..', 'work'));
    for (const place of PLACES) {
      fs.writeFileSync(at(place, '.git'), 'no repository\n');
      await compare(`${place}: any file`);
      fs.writeFileSync(at(place, '.git'), `gitdir: ${at('..', 'elsewhere')}\n`);
      await compare(`${place}: a file that names a repository`);
      fs.rmSync(at(place, '.git'));
      fs.symlinkSync(at('..', 'elsewhere'), at(place, '.git'));
      await compare(`${place}: a link to one`);
      fs.rmSync(at(place, '.git'));
      await compare(`${place}: none`);
    }
  });

  it('may come while its files are tracked and ignored anew', async t => {
    const { repository, at, compare } = prepare(t);
    for (const place of PLACES) repository.git('init', '-q', place);
    await compare('made');
    repository.write('.gitignore', 'ignored\nnew\n');
    await compare('other rules');
    repository.git('rm', '-r', '-q', '--cached', 'tracked', 'forced', 'staged');
    await compare('none is tracked');
    fs.rmSync(at('.gitignore'));
    await compare('none is ignored');
    repository.git('reset', '-q', '--hard');
    await compare('tracked again');
  });

  it('has a name in lower case', async t => {
    const { repository, at, compare } = prepare(t);
    for (const name of ['.GIT', '.git.', '.gitt']) {
      for (const place of ['tracked', 'new', 'forced']) {
        repository.git('init', '-q', place);
        fs.renameSync(at(place, '.git'), at(place, name));
        await compare(`${name} in ${place}`);
        fs.writeFileSync(at(place, name, 'more'), '');
        await compare(`${name} in ${place}: a file of its state`);
        fs.rmSync(at(place, name), { recursive: true });
      }
    }
    fs.writeFileSync(at('.GIT'), '');
    await compare('in the root');
  });
});
