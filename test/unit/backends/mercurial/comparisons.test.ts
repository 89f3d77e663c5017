import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentEnvironment } from '../../../../src/files/environment.ts';
import { MercurialRepository } from '../../../../src/mercurial/repository/repository.ts';
import { Vfs } from '../../../../src/files/vfs.ts';
import { compareChangesets, resolveChangeset } from '../../../../src/backends/mercurial/comparisons.ts';
import { HgSandbox } from '../../../support/hgSandbox.ts';

test('revisions are named and compared', t => {
  const sandbox = new HgSandbox();
  t.after(() => sandbox.dispose());
  const hg = (...args: string[]): string => sandbox.hg('repo', args).toString();
  sandbox.hg('.', ['init', 'repo']);
  for (const name of ['changed', 'old', 'removed', 'same']) sandbox.write('repo', name, `${name}\n`);
  hg('commit', '-A', '-m', 'first');
  hg('tag', '--local', 'here');
  hg('rename', 'old', 'new');
  hg('remove', 'removed');
  sandbox.write('repo', 'changed', 'changed now\n');
  sandbox.write('repo', 'added', 'added\n');
  hg('commit', '-A', '-m', 'second\n\nmore');
  const [first = '', second = ''] = hg('log', '-r', 'all()', '-T', '{node} ').split(' ');
  const environment = { ...currentEnvironment(), variables: { ...process.env, HGRCPATH: '' } };
  const repository = MercurialRepository.open(sandbox.path('repo'), { vfs: new Vfs(), environment });
  const history = repository.history(repository.readDirstate());
  const resolve = (text: string): string => {
    const answer = resolveChangeset(repository.store, history, text);
    return answer.kind === 'none' ? answer.message : `${answer.changeset.node} ${answer.changeset.summary}`;
  };
  assert.equal(resolve('0'), `${first} first`);
  assert.equal(resolve('here'), `${first} first`);
  assert.equal(resolve('tip'), `${second} second`);
  assert.equal(resolve(second.slice(0, 8)), `${second} second`);
  assert.equal(resolve('nowhere'), "unknown revision 'nowhere'");
  assert.equal(resolve('null'), 'The null revision has no files.');
  assert.equal(resolve('wdir()'), 'The working copy is no changeset.');
  assert.deepEqual(compareChangesets(repository.store, history, { from: first, to: second, limit: 10 }), {
    kind: 'files',
    files: [
      { path: 'added', status: 'added' },
      { path: 'changed', status: 'modified' },
      { path: 'new', status: 'added', source: 'old' },
      { path: 'old', status: 'removed' },
      { path: 'removed', status: 'removed' },
    ],
    total: 5,
  });
  const limited = compareChangesets(repository.store, history, { from: second, to: first, limit: 1 });
  assert.deepEqual(limited, { kind: 'files', files: [{ path: 'added', status: 'removed' }], total: 5 });
  assert.deepEqual(compareChangesets(repository.store, history, { from: first, to: '1'.repeat(40), limit: 1 }), {
    kind: 'none',
    message: 'There is no revision 111111111111.',
  });
});
