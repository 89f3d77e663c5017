// Opening repositories: what the real Mercurial makes, refuses and says of them against what we read.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { bytePath } from '../../src/base/bytePath.ts';
import { findRepositoryRoot } from '../../src/mercurial/repository/discovery.ts';
import { workingCopyLock } from '../../src/mercurial/repository/lock.ts';
import { MercurialRepository } from '../../src/mercurial/repository/repository.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { encodeV1 } from '../support/dirstateBytes.ts';
import { hgAlone } from '../support/hgAtOnce.ts';
import { HgSandbox } from '../support/hgSandbox.ts';
import { hgEnvironment } from '../support/hgServer.ts';

const sandbox = new HgSandbox(['--config', 'extensions.share=']);
after(() => sandbox.dispose());

function open(name: string): MercurialRepository {
  const environment = {
    variables: { HGRCPATH: '' },
    platform: process.platform,
    homeDirectory: sandbox.directory,
    userId: process.geteuid?.(),
  };
  return MercurialRepository.open(sandbox.path(name), { vfs: new Vfs(), environment });
}

function log(directory: string, template: string): string {
  return sandbox.hg(directory, ['log', '-r', '.', '-T', template]).toString();
}

before(() => {
  sandbox.hg('.', ['init', 'repo']);
  sandbox.write('repo', 'a', 'content\n');
  sandbox.write('repo', 'd/b', 'content\n');
  sandbox.hg('repo', ['commit', '-q', '-A', '-m', 'one']);
});

describe('repositories of every layout', () => {
  const made: [string, () => void][] = [
    ['plain', () => sandbox.hg('.', ['clone', '-q', 'repo', 'plain'])],
    [
      'old',
      () =>
        sandbox.hg('.', [
          '--config',
          'format.use-share-safe=no',
          '--config',
          'format.usestore=no',
          'clone',
          '-q',
          '--pull',
          'repo',
          'old',
        ]),
    ],
    ['share', () => sandbox.hg('.', ['share', '-q', 'repo', 'share'])],
    ['relative', () => sandbox.hg('.', ['share', '-q', '--relative', 'repo', 'relative'])],
    [
      'unsafe',
      () => {
        sandbox.hg('.', ['--config', 'format.use-share-safe=no', 'clone', '-q', '--pull', 'repo', 'source']);
        sandbox.hg('.', ['--config', 'format.use-share-safe=no', 'share', '-q', 'source', 'unsafe']);
      },
    ],
  ];
  for (const [name, make] of made) {
    test(name, () => {
      make();
      const repository = open(name);
      const dirstate = repository.readDirstate();
      assert.equal(dirstate.p1, log(name, '{node}'));
      assert.equal(dirstate.entryCount, 2);
      assert.equal(
        findRepositoryRoot(new Vfs(), sandbox.path(`${name}/d`)),
        sandbox.hg(`${name}/d`, ['root']).toString().trim(),
      );
      const required = sandbox.hg(name, ['debugrequirements']).toString().trim().split('\n').sort();
      assert.deepEqual([...repository.requirements].sort(), required);
      assert.ok(fs.existsSync(path.join(repository.storeDirectory, '00changelog.i')));
      assert.equal(repository.store.baseTree(dirstate.p1).find(bytePath('d/b'))?.kind, 'file');
      assert.deepEqual(repository.checkSupported(), []);
    });
  }

  test('what Mercurial refuses, we refuse', () => {
    sandbox.hg('.', ['clone', '-q', 'repo', 'refused']);
    const requires = sandbox.path('refused/.hg/requires');
    for (const content of [
      'share-safe\nunknown-thing\n',
      'share-safe\n\n',
      '-\n',
      'share-safe\nshared\n',
      'share-safe\nparentdelta\n',
    ]) {
      fs.writeFileSync(requires, content);
      assert.throws(() => sandbox.hg('refused', ['status']), { status: 255 }, content);
      assert.throws(() => open('refused'), { name: 'QuicksilverError' }, content);
    }
  });

  test('an upgraded source stops its old shares', () => {
    fs.writeFileSync(sandbox.path('source/.hg/store/requires'), fs.readFileSync(sandbox.path('source/.hg/requires')));
    fs.writeFileSync(sandbox.path('source/.hg/requires'), 'share-safe\n');
    assert.throws(() => sandbox.hg('unsafe', ['status']), { status: 255 });
    assert.throws(() => open('unsafe'), { code: 'unsupported' });
  });
});

describe('names and locks', () => {
  test('branch and bookmark are what hg says', () => {
    sandbox.hg('.', ['clone', '-q', 'repo', 'names']);
    assert.deepEqual(open('names').names(), { branch: 'default', bookmark: undefined, topic: undefined });
    sandbox.hg('names', ['branch', '-q', 'stäble one']);
    sandbox.hg('names', ['bookmark', 'wörk']);
    assert.equal(open('names').names().branch, sandbox.hg('names', ['branch']).toString().trim());
    assert.equal(open('names').names().bookmark, 'wörk');
    assert.equal(log('names', '{activebookmark}'), 'wörk');
    sandbox.hg('names', ['bookmark', '-q', '--inactive']);
    assert.equal(open('names').names().bookmark, undefined);
  });

  test('bookmarks of a share that shares them', () => {
    sandbox.hg('.', ['share', '-q', '-B', 'names', 'marks']);
    sandbox.hg('marks', ['update', '-q', 'wörk']);
    assert.equal(log('marks', '{activebookmark}'), 'wörk');
    assert.equal(open('marks').names().bookmark, 'wörk');
  });

  test('a lock taken by hg is ours to judge: dead here, alive with our own process', () => {
    const seen = sandbox.path('lock-seen');
    const hook = `hooks.precommit=readlink "$PWD/.hg/wlock" > "${seen}"`;
    sandbox.write('repo', 'a', 'changed\n');
    // In a process of its own, which is gone afterwards.
    hgAlone(['--config', hook, 'commit', '-q', '-m', 'two'], { cwd: sandbox.path('repo'), env: hgEnvironment() });
    const holder = fs.readFileSync(seen, 'utf8').trim();
    assert.match(holder, /:\d+$/);
    const lock = sandbox.path('repo/.hg/wlock');
    const held = (text: string): boolean => {
      fs.rmSync(lock, { force: true });
      fs.symlinkSync(text, lock);
      return workingCopyLock(new Vfs(), sandbox.path('repo/.hg')).held;
    };
    assert.equal(held(holder), false);
    assert.equal(held(holder.replace(/\d+$/, `${process.pid}`)), true);
    assert.equal(held(`x${holder}`), true);
    fs.rmSync(lock);
  });
});

describe('unfinished operations', () => {
  test('are told as hg makes them', () => {
    sandbox.hg('.', ['init', 'heads']);
    const commit = (content: string): void => {
      sandbox.write('heads', 'f', content);
      sandbox.hg('heads', ['commit', '-q', '-A', '-m', content]);
    };
    commit('base');
    commit('one');
    sandbox.hg('heads', ['update', '-q', '0']);
    commit('two');
    const unfinished = (): unknown => {
      const repository = open('heads');
      return repository.unfinished(repository.readDirstate());
    };
    const fail = ['--tool', ':fail'];
    assert.equal(unfinished(), undefined);
    sandbox.hg('heads', ['merge', '-q', ...fail, '1'], 1);
    assert.equal(unfinished(), 'merge');
    sandbox.hg('heads', ['merge', '--abort', '-q']);
    assert.equal(unfinished(), undefined);
    sandbox.hg('heads', ['graft', '-q', ...fail, '1'], 1);
    assert.equal(unfinished(), 'graft');
    sandbox.hg('heads', ['graft', '--abort', '-q']);
    sandbox.hg('heads', ['--config', 'extensions.rebase=', 'rebase', '-q', ...fail, '-d', '1'], 1);
    assert.equal(unfinished(), 'rebase');
    sandbox.hg('heads', ['--config', 'extensions.rebase=', 'rebase', '--abort', '-q']);
    sandbox.hg('heads', ['bisect', '--bad', '.']);
    assert.equal(unfinished(), 'bisect');
    sandbox.hg('heads', ['bisect', '--reset']);
    assert.equal(unfinished(), undefined);
  });
});

describe('what is not refused changes nothing', () => {
  beforeEach(() => fs.rmSync(sandbox.path('harmless'), { recursive: true, force: true }));

  test('extensions with nothing to do, and disabled filters', () => {
    sandbox.hg('.', ['init', 'harmless']);
    sandbox.write('harmless', 'crlf', 'a\r\nb\r\n');
    sandbox.write('harmless', 'lf', 'a\nb\n');
    sandbox.write('harmless', 'keyword', '$Id$\n');
    sandbox.hg('harmless', ['commit', '-q', '-A', '-m', 'one']);
    sandbox.write('harmless', 'crlf', 'a\nbb\r\n');
    sandbox.write('harmless', 'lf', 'a\nb\n', 1_100_000_000);
    sandbox.write('harmless', 'keyword', '$Id$\n', 1_100_000_000);
    sandbox.write('harmless', 'unknown', '');
    const dirstate = fs.readFileSync(sandbox.path('harmless/.hg/dirstate'));
    /** Each from the same dirstate, which a status may rewrite. */
    const status = (...config: string[]): string => {
      fs.writeFileSync(sandbox.path('harmless/.hg/dirstate'), dirstate);
      return sandbox.hg('harmless', [...config.flatMap(item => ['--config', item]), 'status', '-A']).toString();
    };
    const plain = status();
    assert.equal(plain, 'M crlf\n? unknown\nC keyword\nC lf\n');
    for (const config of [
      ['extensions.eol='],
      ['extensions.keyword='],
      ['extensions.keyword=', 'keyword.**=ignore'],
      ['extensions.sparse='],
      ['extensions.largefiles='],
      ['extensions.win32text='],
      ['encode.**=!'],
      ['decode.**=sed s/a/b/'],
    ]) {
      assert.equal(status(...config), plain, config.join(' '));
    }
    // And one that is refused for a reason: here the answers differ.
    assert.notEqual(status('encode.**=sed s/.*/x/'), plain);
  });

  test('the directories that .hgsub names are those that hg leaves out', () => {
    sandbox.hg('.', ['init', 'harmless']);
    const directories = ['sub', 'two', 'a/b', 'in', 'up', 'slash', 'over', 'state'];
    for (const directory of directories) sandbox.write('harmless', `${directory}/file`, '');
    const hgsub =
      'sub = sub\n./in = in\na/b = [git]x\nup/ = x\nslash//file = x\na/../over = x\n[subpaths]\ntwo = two\n';
    sandbox.write('harmless', '.hgsub', hgsub);
    sandbox.write('harmless', '.hgsubstate', `${'0'.repeat(40)} state\n`);
    sandbox.hg('harmless', ['add', '.hgsub', '.hgsubstate']);
    const listed = sandbox.hg('harmless', ['status', '-n', '-u']).toString().trim().split('\n');
    const repository = open('harmless');
    const { excluded } = repository.treeRules(repository.readDirstate());
    const left = directories.filter(directory => !excluded.has(bytePath(directory)));
    assert.deepEqual(left.map(directory => `${directory}/file`).sort(), listed.sort());
    assert.deepEqual([...excluded].filter(name => directories.includes(name)).sort(), ['a/b', 'sub']);
  });

  test('copies are not shown for a first parent that the history does not have', () => {
    sandbox.hg('.', ['init', 'harmless']);
    sandbox.write('harmless', 'a', 'content');
    sandbox.hg('harmless', ['commit', '-q', '-A', '-m', 'one']);
    const entries = [
      { state: 'a', path: 'copied', copy: 'a' },
      { state: 'n', path: 'a', size: -1, mtime: -1 },
    ];
    sandbox.write('harmless', 'copied', 'content');
    for (const [p1, shown] of [
      [log('harmless', '{node}'), true],
      ['11'.repeat(20), false],
      ['00'.repeat(20), false],
    ] as const) {
      fs.writeFileSync(sandbox.path('harmless/.hg/dirstate'), encodeV1(entries, p1));
      const dirstate = open('harmless').readDirstate();
      assert.equal(dirstate.copySource(dirstate.find(bytePath('copied'))) === 'a', shown);
      const output = sandbox.hg('harmless', ['status', '-a', '-C']).toString();
      assert.equal(output, shown ? 'A copied\n  a\n' : 'A copied\n');
    }
  });
});
