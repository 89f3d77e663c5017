// The heads of branches, from each of Mercurial's caches and from none, are those that hg lists. With a cache of branches,
// no text of a changeset is read, even where the cache of heads leaves out hidden changesets.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { currentEnvironment } from '../../src/files/environment.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { MercurialRepository } from '../../src/mercurial/repository/repository.ts';
import { HgSandbox } from '../support/hgSandbox.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';

const BRANCHES = ['default', 'stable', 'a b'];
const CHANGESETS = 24;

test('the heads of branches are those of hg, with each cache and without', t => {
  const seed = seedFromEnvironment('QUICKSILVER_BRANCHES_SEED');
  t.diagnostic(`QUICKSILVER_BRANCHES_SEED=${seed}`);
  const random = new Random(seed);
  const sandbox = new HgSandbox();
  t.after(() => sandbox.dispose());
  sandbox.hg('.', ['init', 'repo']);
  const hg = (...args: string[]): string => sandbox.hg('repo', args).toString('latin1');
  for (let at = 0; at < CHANGESETS; at++) {
    if (at > 0 && random.chance(0.4)) hg('update', '-q', '-C', '-r', String(random.below(at)));
    // Each branch has a head.
    hg('branch', '-q', '-f', BRANCHES[at] ?? random.pick(BRANCHES));
    sandbox.write('repo', 'file', 'x'.repeat(at + 1));
    const isOpenHead = hg('log', '-r', '(. and head()) - closed()', '-T', '{branch}') === hg('branch').trim();
    const closes = at > 3 && isOpenHead && random.chance(0.2);
    hg('commit', '-q', '-A', '-m', `change ${at}`, ...(closes ? ['--close-branch'] : []));
  }
  hg('branches', '-c');
  const cache = sandbox.path('repo/.hg/cache');
  const closed = new Set(hg('log', '-r', 'closed()', '-T', '{rev} ').split(' '));
  const heads = (name: string): number[] => {
    const all = hg('heads', '--closed', name, '-T', '{rev} ').trim().split(' ');
    const open = all.filter(head => !closed.has(head));
    return (open.length > 0 ? open : all).map(Number).sort((one, other) => one - other);
  };
  const expected = BRANCHES.map(heads);
  const compare = (what: string): number => {
    const repository = MercurialRepository.open(sandbox.path('repo'), {
      vfs: new Vfs(),
      environment: currentEnvironment(),
    });
    const history = repository.history(repository.readDirstate());
    const before = repository.store.counters.textsRebuilt;
    const found = BRANCHES.map(name => [...history.branchHeads(name as never)]);
    assert.deepEqual(found, expected, what);
    return repository.store.counters.textsRebuilt - before;
  };
  assert.equal(compare('all caches'), 0);
  for (const name of fs.readdirSync(cache)) if (name.startsWith('branch2')) fs.rmSync(path.join(cache, name));
  const records = path.join(cache, 'rbc-revs-v1');
  if (!fs.existsSync(records)) {
    t.diagnostic('This Mercurial keeps the branches of changesets in another form.');
    compare('no cache that is known');
    return;
  }
  assert.equal(compare('the branches of changesets'), 0);
  const bytes = fs.readFileSync(records);
  bytes[8 * 5]! ^= 0xff;
  fs.writeFileSync(records, bytes.subarray(0, -8));
  assert.equal(compare('a record of another changeset, and one that is missing'), 2);
  bytes.writeUInt32BE(1 << 20, 8 * 5 + 4);
  bytes[8 * 5]! ^= 0xff;
  fs.writeFileSync(records, bytes);
  assert.equal(compare('a branch without a name'), 1);
  fs.rmSync(cache, { recursive: true });
  assert.equal(compare('no cache'), CHANGESETS);
});
