import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { workingCopyLock, type LockContext } from '../../../../src/mercurial/repository/lock.ts';
import { bytePath } from '../../../../src/base/bytePath.ts';
import { MercurialRepository } from '../../../../src/mercurial/repository/repository.ts';
import { subrepositories, subrepositoryDirectories } from '../../../../src/mercurial/repository/subrepos.ts';
import { UNFINISHED_FILES } from '../../../../src/mercurial/repository/unfinished.ts';
import { Vfs } from '../../../../src/files/vfs.ts';
import { P1, P2, encodeV1, type V1Entry } from '../../../support/dirstateBytes.ts';
import { RepositoryFixture, STORE_REQUIREMENTS } from './repositoryFixture.ts';

let fixture: RepositoryFixture;
beforeEach(() => {
  fixture = new RepositoryFixture();
  fixture.init('r');
});
afterEach(() => fixture.dispose());

function open(allowUnsupported = false): MercurialRepository {
  const { environment } = fixture;
  return MercurialRepository.open(fixture.path('r'), { vfs: new Vfs(), environment, allowUnsupported });
}

describe('names', () => {
  test('of a new repository', () => {
    assert.deepEqual(open().names(), { branch: 'default', bookmark: undefined, topic: undefined });
  });

  test('are read as UTF-8, without what is around them', () => {
    fixture.write('r/.hg/branch', 'stäble\n');
    fixture.write('r/.hg/topic', 'my topic');
    fixture.write('r/.hg/bookmarks', `${'12'.repeat(20)} @\n${'34'.repeat(20)} wörk in progress\n`);
    fixture.write('r/.hg/bookmarks.current', 'wörk in progress');
    assert.deepEqual(open().names(), { branch: 'stäble', bookmark: 'wörk in progress', topic: 'my topic' });
    fixture.write('r/.hg/branch', '\n');
    assert.equal(open().names().branch, 'default');
  });

  test('an active bookmark that is no bookmark is none', () => {
    fixture.write('r/.hg/bookmarks', `${'12'.repeat(20)} longer\n${'12'.repeat(20)} a long\n`);
    for (const name of ['long', 'longe', 'onger', '12', '']) {
      fixture.write('r/.hg/bookmarks.current', name);
      assert.equal(open().names().bookmark, undefined, name);
    }
    for (const name of ['longer', 'a long']) {
      fixture.write('r/.hg/bookmarks.current', name);
      assert.equal(open().names().bookmark, name);
    }
  });

  test('bookmarks are where the repository keeps them', () => {
    const line = `${'12'.repeat(20)} mark\n`;
    fixture.write('r/.hg/bookmarks.current', 'mark');
    fixture.write('r/.hg/store/bookmarks', line);
    assert.equal(open().names().bookmark, undefined);
    fixture.init('r', `${STORE_REQUIREMENTS}bookmarksinstore\n`);
    assert.equal(open().names().bookmark, 'mark');

    fixture.init('source');
    fixture.write('source/.hg/bookmarks', line);
    fixture.write('r/.hg/requires', 'share-safe\nshared\n');
    fixture.write('r/.hg/sharedpath', fixture.path('source/.hg'));
    assert.equal(open().names().bookmark, undefined);
    fixture.write('r/.hg/shared', 'bookmarks\n');
    assert.equal(open().names().bookmark, 'mark');
  });
});

describe('the lock of the working copy', () => {
  const context: LockContext = { host: 'here/f00', isAlive: processId => processId === 7 };
  const look = (): unknown => workingCopyLock(new Vfs(), fixture.path('r/.hg'), context);
  const cases: [string, boolean, string][] = [
    ['here/f00:7', true, 'held by process 7 on here/f00'],
    ['here/f00:8', false, 'left behind by process 8, which is gone'],
    ['here:8', true, 'held by process 8 on here'],
    ['elsewhere/f00:8', true, 'held by process 8 on elsewhere/f00'],
    ['[::1]:8', true, 'held by process 8 on [::1]'],
    ['here/f00', true, 'held by "here/f00"'],
    ['here/f00:x', true, 'held by "here/f00:x"'],
    ['here/f00:99999999999999999999', true, 'held by "here/f00:99999999999999999999"'],
  ];

  test('is free if there is none', () => assert.deepEqual(look(), { held: false, description: undefined }));

  for (const [holder, held, description] of cases) {
    test(`${holder} is ${description}`, () => {
      fs.symlinkSync(holder, fixture.path('r/.hg/wlock'));
      assert.deepEqual(look(), { held, description });
      fs.rmSync(fixture.path('r/.hg/wlock'));
      fixture.write('r/.hg/wlock', holder);
      assert.deepEqual(look(), { held, description });
    });
  }

  test('an update that is under way is told from other commands', () => {
    const repository = open();
    assert.equal(repository.lock(), 'free');
    fixture.write('r/.hg/updatestate', '');
    assert.equal(repository.lock(), 'free');
    fs.symlinkSync('elsewhere:1', fixture.path('r/.hg/wlock'));
    assert.equal(repository.lock(), 'updating');
    fs.rmSync(fixture.path('r/.hg/updatestate'));
    assert.equal(repository.lock(), 'held');
  });

  test('what is there and cannot be read is a lock, of nobody knows whom', () => {
    fs.mkdirSync(fixture.path('r/.hg/wlock'));
    const { held, description } = workingCopyLock(new Vfs(), fixture.path('r/.hg'));
    assert.equal(held, true);
    assert.match(description!, /not a regular file$/);
    assert.equal(open().lock(), 'held');
  });

  test('a process whose number no process has is gone', () => {
    fs.symlinkSync('here:4294967296', fixture.path('r/.hg/wlock'));
    const context: LockContext = { host: 'here', isAlive: () => assert.fail('nobody must be asked') };
    assert.equal(workingCopyLock(new Vfs(), fixture.path('r/.hg'), context).held, false);
  });
});

describe('unfinished operations', () => {
  test('are found by their files, the most specific first', () => {
    fixture.write('r/.hg/dirstate', encodeV1([], P1, P2));
    const repository = open();
    const dirstate = repository.readDirstate();
    assert.equal(repository.unfinished(dirstate), 'merge');
    const operations = ['histedit', 'rebase', 'graft', 'unshelve', 'transplant', 'bisect', 'update'];
    assert.equal(UNFINISHED_FILES.length, operations.length);
    for (const [i, file] of [...UNFINISHED_FILES.entries()].reverse()) {
      fixture.write(`r/.hg/${file}`, '');
      assert.equal(repository.unfinished(dirstate), operations[i]);
    }
  });

  test('none, without a second parent and without files', () => {
    fixture.write('r/.hg/dirstate', encodeV1([], P1));
    const repository = open();
    assert.equal(repository.unfinished(repository.readDirstate()), undefined);
  });
});

describe('subrepositories', () => {
  const both: V1Entry[] = [
    { state: 'a', path: '.hgsub' },
    { state: 'a', path: '.hgsubstate' },
  ];
  function excluded(entries: readonly V1Entry[] = both): string[] {
    fixture.write('r/.hg/dirstate', encodeV1(entries));
    const repository = open();
    return [...repository.treeRules(repository.readDirstate()).excluded];
  }

  test('are the items before the first section', () => {
    fixture.write(
      'r/.hgsub',
      '# a comment\nsub = sub\n a/b = [git]x\nlast/one = [svn]y\n  continued\nempty =\ngone = z\n%unset gone\n' +
        '[subpaths]\nnot/this = x\n',
    );
    assert.deepEqual(excluded(), ['sub', 'last/one', 'empty']);
  });

  test('are none if .hgsub is not tracked, or not there', () => {
    fixture.write('r/.hgsub', 'sub = sub\n');
    assert.deepEqual(excluded(), ['sub']);
    assert.deepEqual(excluded([]), []);
    assert.deepEqual(excluded([{ state: 'r', size: 0, path: '.hgsub' }]), []);
    fs.rmSync(fixture.path('r/.hgsub'));
    assert.deepEqual(excluded(), []);
  });

  test('of a link are those of its target, which is a line of text', () => {
    fs.symlinkSync('sub = sub', fixture.path('r/.hgsub'));
    assert.deepEqual(excluded(), ['sub']);
  });

  test('are present where there is a repository, and no link on the way to it', () => {
    fixture.write('r/.hgsub', 'sub = x\na/b = x\nempty = x\ngit = [git]x\nlinked/c = x\n\xff = x\n');
    fixture.write('r/.hg/dirstate', encodeV1(both));
    for (const name of ['sub', 'a/b', 'git', 'linkedTo/c']) fixture.init(`r/${name}`);
    fs.mkdirSync(fixture.path('r/empty'));
    fs.symlinkSync('linkedTo', fixture.path('r/linked'));
    const all = subrepositories(new Vfs(), fixture.path('r'), open().readDirstate());
    const present = all.filter(({ isPresent }) => isPresent).map(({ path }) => path);
    assert.deepEqual(present, [bytePath('a/b'), bytePath('sub')]);
    const name = (directory: string): string => directory.slice(fixture.path('r/').length);
    assert.deepEqual(subrepositoryDirectories(fixture.path('r'), all).map(name), [
      ...['a/b/.hg', 'empty/.hg', 'linked/c/.hg', 'sub/.hg', 'ÿ/.hg'],
    ]);
  });

  const damaged: [string, string, string, string][] = [
    ['no item', 'sub\n', '', 'invalid-config'],
    ['a continuation of nothing', '  sub = x\n', '', 'invalid-config'],
    ['an open bracket', 'sub = [git x\n', '', 'invalid-config'],
    ['an include', 'sub = x\n%include other\n', '', 'unsupported'],
    ['a state without path', 'sub = x\n', 'garbage\n', 'corrupt'],
  ];
  for (const [name, sub, state, code] of damaged) {
    test(`with ${name}: ${code}`, () => {
      fixture.write('r/.hgsub', sub);
      fixture.write('r/.hgsubstate', state);
      assert.throws(() => excluded(), { code });
    });
  }

  test('with a state of blank lines and indented lines are fine, and an untracked state is not looked at', () => {
    fixture.write('r/.hgsub', 'sub = x\n');
    fixture.write('r/.hgsubstate', `\n  \n ${'0'.repeat(40)} sub\n`);
    assert.deepEqual(excluded(), ['sub']);
    fixture.write('r/.hgsubstate', 'garbage\n');
    assert.deepEqual(excluded([{ state: 'n', path: '.hgsub' }]), ['sub']);
  });
});

describe('what is refused', () => {
  /** The reasons, after checking that opening or reading the dirstate fails with the same sentences. */
  function reasons(entries: readonly V1Entry[] = []): readonly string[] {
    fixture.write('r/.hg/dirstate', encodeV1(entries));
    const found = open(true).checkSupported();
    if (found.length === 0) open().readDirstate();
    else assert.throws(() => open().readDirstate(), { code: 'unsupported', message: found.join(' ') });
    return found;
  }

  test('nothing of an ordinary repository', () => assert.deepEqual(reasons(), []));

  test('nothing for what does not matter or is supported', () => {
    fixture.init('r', `${STORE_REQUIREMENTS}lfs\npersistent-nodemap\ntreemanifest\ninternal-phase\n`);
    fixture.write(
      'r/.hg/hgrc',
      '[extensions]\nlfs =\neol =\nkeyword =\nwin32text =\nsparse =\nlargefiles =\nnarrow =\n' +
        '[keyword]\n*.c = ignore\n[encode]\n*.txt = !\n[decode]\n*.txt = sed x\n',
    );
    fixture.write('r/.hgignore', '');
    assert.deepEqual(reasons([{ state: 'n', path: 'a' }]), []);
  });

  const requirements = [
    'exp-sparse',
    'narrowhg-experimental',
    'exp-remotefilelog-repo-req-1',
    'exp-sqlite-001',
    'git',
    'parentdelta',
    'manifestv2',
  ];
  for (const requirement of requirements) {
    test(`the requirement ${requirement}, by name`, () => {
      fixture.init('r', `${STORE_REQUIREMENTS}${requirement}\n`);
      const found = reasons();
      assert.equal(found.length, 1);
      assert.match(found[0]!, new RegExp(`${requirement}.* not supported\\.$`));
    });
  }

  test('filters that are programs, because they matter only for some files', () => {
    fixture.write('r/.hg/hgrc', '[encode]\n*.a = !\n*.b = cleverencode:\n');
    assert.deepEqual(reasons(), []);
  });

  test('no sparse rules that are not required', () => {
    fixture.write('r/.hg/sparse', '[include]\na\n');
    fixture.write('r/.hg/hgrc', '[extensions]\nsparse =\n');
    assert.deepEqual(reasons(), []);
  });

  test('what is no repository', () => {
    const { environment } = fixture;
    const options = { vfs: new Vfs(), environment };
    assert.throws(() => MercurialRepository.open(fixture.path('nowhere'), options), { code: 'not-a-repository' });
    fixture.write('file/.hg', '');
    assert.throws(() => MercurialRepository.open(fixture.path('file'), options), { code: 'not-a-repository' });
  });
});
