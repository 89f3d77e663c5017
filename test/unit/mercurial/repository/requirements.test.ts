import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { findRepositoryRoot } from '../../../../src/mercurial/repository/discovery.ts';
import { readLayout, type RepositoryLayout } from '../../../../src/mercurial/repository/requirements.ts';
import { Vfs } from '../../../../src/files/vfs.ts';
import { RepositoryFixture, STORE_REQUIREMENTS } from './repositoryFixture.ts';

let fixture: RepositoryFixture;
beforeEach(() => (fixture = new RepositoryFixture()));
afterEach(() => fixture.dispose());

const layout = (): RepositoryLayout => readLayout(new Vfs(), fixture.path('r/.hg'));
const sorted = (set: ReadonlySet<string>): string[] => [...set].sort();

describe('finding the repository', () => {
  test('takes the nearest directory with a directory .hg', () => {
    fixture.init('outer');
    fixture.init('outer/a/inner');
    fixture.write('outer/a/inner/b/c/file', '');
    fixture.write('outer/d/.hg', 'a file makes no repository');
    fs.symlinkSync('nowhere', fixture.path('outer/a/.hg'));
    const vfs = new Vfs();
    const find = (start: string): string | undefined => findRepositoryRoot(vfs, fixture.path(start));
    assert.equal(find('outer/a/inner/b/c'), fixture.path('outer/a/inner'));
    assert.equal(find('outer/a/inner/b/c/file'), fixture.path('outer/a/inner'));
    assert.equal(find('outer/a/inner/b/missing/x'), fixture.path('outer/a/inner'));
    assert.equal(find('outer/a/inner'), fixture.path('outer/a/inner'));
    assert.equal(find('outer/a'), fixture.path('outer'));
    assert.equal(find('outer/d'), fixture.path('outer'));
    assert.equal(find('.'), undefined);
    assert.equal(findRepositoryRoot(vfs, '/'), undefined);
  });

  test('follows a link to a .hg directory', () => {
    fixture.init('r');
    fs.mkdirSync(fixture.path('linked'));
    fs.symlinkSync('../r/.hg', fixture.path('linked/.hg'));
    assert.equal(findRepositoryRoot(new Vfs(), fixture.path('linked')), fixture.path('linked'));
  });
});

describe('requirements', () => {
  test('are those of the working copy and of the store together', () => {
    fixture.init('r');
    assert.deepEqual(sorted(layout().requirements), [
      'dotencode',
      'fncache',
      'generaldelta',
      'revlogv1',
      'share-safe',
      'sparserevlog',
      'store',
    ]);
    assert.equal(layout().storeDirectory, fixture.path('r/.hg/store'));
    assert.equal(layout().sharedSource, undefined);
    assert.deepEqual(layout().files, [fixture.path('r/.hg/requires'), fixture.path('r/.hg/store/requires')]);
  });

  test('may have any line ends, and none at the end', () => {
    fixture.write('r/.hg/requires', 'revlogv1\r\nstore\rfncache\ndotencode');
    assert.deepEqual(sorted(layout().requirements), ['dotencode', 'fncache', 'revlogv1', 'store']);
  });

  test('may be missing in an old repository, whose history is in .hg itself', () => {
    fs.mkdirSync(fixture.path('r/.hg'), { recursive: true });
    assert.deepEqual(sorted(layout().requirements), []);
    assert.equal(layout().storeDirectory, fixture.path('r/.hg'));
  });

  test('that are unknown are all named', () => {
    fixture.init('r', `${STORE_REQUIREMENTS}zzz\n`);
    fixture.write('r/.hg/requires', 'share-safe\nfuture-thing\n');
    assert.throws(layout, {
      code: 'unsupported',
      message: 'repository requires features unknown to Quicksilver: future-thing zzz',
    });
    fixture.init('r');
    fixture.write('r/.hg/requires', 'share-safe \n');
    assert.throws(layout, { code: 'unsupported' });
  });

  test('with a line that is none are corrupt', () => {
    for (const bad of ['share-safe\n\n', '\n', '-x\n', '\0\n', ' share-safe\n', '\xc3\xa9a\n']) {
      fixture.write('r/.hg/requires', Buffer.from(bad, 'latin1'));
      fixture.write('r/.hg/store/requires', STORE_REQUIREMENTS);
      assert.throws(layout, { code: 'corrupt' }, JSON.stringify(bad));
    }
    fixture.init('r', 'store\n?\n');
    assert.throws(layout, { code: 'corrupt', line: 2 });
  });

  test('of the store must be there if they are required', () => {
    fixture.write('r/.hg/requires', 'share-safe\n');
    assert.throws(layout, { code: 'corrupt', message: /missing, although 'share-safe'/ });
  });

  test('of absurd length are not read', () => {
    fixture.write('r/.hg/requires', 'store\n'.repeat(20_000));
    assert.throws(layout, { code: 'io' });
  });
});

describe('shares', () => {
  beforeEach(() => {
    fixture.init('source', `${STORE_REQUIREMENTS}bookmarksinstore\n`);
    fs.mkdirSync(fixture.path('r/.hg'), { recursive: true });
  });

  test('with an absolute path take the requirements of the source too', () => {
    fixture.write('r/.hg/requires', 'share-safe\nshared\n');
    fixture.write('r/.hg/sharedpath', `${fixture.path('source/.hg')}\n`);
    const { requirements, sharedSource, storeDirectory } = layout();
    assert.equal(sharedSource, fixture.path('source/.hg'));
    assert.equal(storeDirectory, fixture.path('source/.hg/store'));
    assert.equal(requirements.has('bookmarksinstore'), true);
    assert.equal(requirements.has('shared'), true);
  });

  test('with a relative path start at .hg', () => {
    fixture.write('r/.hg/requires', 'share-safe\nrelshared\n');
    fixture.write('r/.hg/sharedpath', '../../source/.hg');
    assert.equal(layout().sharedSource, fixture.path('source/.hg'));
  });

  test('that are not share-safe have all requirements themselves', () => {
    fixture.write('r/.hg/requires', `${STORE_REQUIREMENTS}shared\n`);
    fixture.write('r/.hg/sharedpath', fixture.path('source/.hg'));
    fixture.write('source/.hg/requires', `${STORE_REQUIREMENTS}largefiles\n`);
    assert.equal(layout().requirements.has('largefiles'), false);
    fixture.write('source/.hg/requires', 'share-safe\n');
    assert.throws(layout, { code: 'unsupported', message: /was upgraded to 'share-safe'/ });
  });

  const damaged: [string, string | undefined, RegExp][] = [
    ['no path', undefined, /missing/],
    ['a path to nothing', '/nowhere/.hg', /not a directory/],
    ['a relative path that should be absolute', '../../source/.hg', /not an absolute path/],
    ['an empty path', '\n', /not an absolute path/],
  ];
  for (const [name, content, message] of damaged) {
    test(`with ${name} are corrupt`, () => {
      fixture.write('r/.hg/requires', 'share-safe\nshared\n');
      if (content !== undefined) fixture.write('r/.hg/sharedpath', content);
      assert.throws(layout, { code: 'corrupt', message });
    });
  }
});
