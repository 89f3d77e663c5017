// Which names are control directories, in the systems and on file systems of either kind.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytePath } from '../../../src/base/bytePath.ts';
import { controlDirectoryIn, isControlName, type ControlRules } from '../../../src/status/controlNames.ts';

const HG: ControlRules = { controlDirectory: '.hg' };
const GIT: ControlRules = { controlDirectory: '.git', isRepository: () => false };
const FOLDING: ControlRules = { ...GIT, foldsCase: true };

describe('names of control directories', () => {
  it('count in every directory for Git, and in the root for others', () => {
    assert.ok(isControlName('.hg', true, HG));
    assert.ok(!isControlName('.hg', false, HG));
    assert.ok(isControlName('.git', true, GIT));
    assert.ok(isControlName('.git', false, GIT));
    for (const name of ['.gi', '.git.', '.gitt', 'git']) assert.ok(!isControlName(name, true, FOLDING), name);
  });

  it('count in any case where the file system folds names', () => {
    assert.ok(!isControlName('.GIT', false, GIT));
    assert.ok(isControlName('.GIT', false, FOLDING));
    assert.ok(isControlName('.Git', true, FOLDING));
  });

  it('are found in a path, the first one of several', () => {
    const find = (path: string, rules: ControlRules): string | undefined => controlDirectoryIn(bytePath(path), rules);
    assert.equal(find('a/.git/b/.git', GIT), 'a/.git');
    assert.equal(find('a/b/.git', GIT), 'a/b/.git');
    assert.equal(find('.git', GIT), '.git');
    assert.equal(find('a/.GIT/b', FOLDING), 'a/.GIT');
    assert.equal(find('a/.git.d/.gitx', GIT), undefined);
    assert.equal(find('', GIT), undefined);
    assert.equal(find('a/.hg/b', HG), undefined);
    assert.equal(find('.hg/b', HG), '.hg');
  });
});
