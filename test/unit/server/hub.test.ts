// Clients of one hub share a model: one scan, one set of watches.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { currentEnvironment } from '../../../src/files/environment.ts';
import { Hub } from '../../../src/server/hub.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { temporaryDirectory } from '../../support/temporaryDirectory.ts';

function emptyRepository(base: string): string {
  const root = path.join(base, 'repo');
  fs.mkdirSync(path.join(root, '.hg', 'store'), { recursive: true });
  fs.writeFileSync(path.join(root, '.hg', 'requires'), 'dotencode\nfncache\ngeneraldelta\nrevlogv1\nstore\n');
  fs.writeFileSync(path.join(root, 'one'), '1');
  return root;
}

test('a model lives from its first user to its last, and is one for all of an environment', async t => {
  const root = emptyRepository(temporaryDirectory(t).root);
  const hub = new Hub(silentLogger);
  t.after(() => hub.dispose());
  const environment = currentEnvironment();
  const options = { root, environment, auditSeconds: 0, watchShare: 0.1 };
  const first = hub.share(options);
  first.start();
  await first.repository.model.settle();
  const { stats, directoriesRead } = first.repository.model.outcome;
  assert.deepEqual({ ...first.repository.model.tree.counts }.unknown, 1);

  const second = hub.share(options);
  second.start();
  assert.equal(second.repository, first.repository);
  await second.repository.model.settle();
  assert.equal(second.repository.model.outcome.stats, stats);
  assert.equal(second.repository.model.outcome.directoriesRead, directoriesRead);

  const variables = { ...environment.variables, HGRCPATH: '/nowhere' };
  const other = hub.share({ ...options, environment: { ...environment, variables } });
  assert.notEqual(other.repository, first.repository);
  assert.deepEqual(hub.roots, [root]);

  first.dispose();
  first.dispose();
  assert.equal(second.repository.model.tree.counts.unknown, 1);
  second.dispose();
  assert.equal(hub.roots.length, 1, 'the other environment is still served');
  other.dispose();
  assert.deepEqual(hub.roots, []);
});
