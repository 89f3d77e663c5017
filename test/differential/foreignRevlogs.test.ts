// Histories stored in ways that Mercurial reads and does not write itself, or does no more: every text, and the status of
// every file, as the real program has it.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { bytePath } from '../../src/base/bytePath.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';
import { rewriteRevlog } from '../support/foreignRevlogs.ts';
import { StoreRepository } from './storeRepository.ts';

const ROUNDS = process.env['QUICKSILVER_LONG'] === '1' ? 200 : 2;

/** Paths of all revlogs' indices. */
function indices(directory: string): string[] {
  return fs
    .readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.i') && !name.startsWith('undo'))
    .map(name => path.join(directory, name));
}

test('texts are read in every form in which the format can have them', { timeout: 900_000 }, t => {
  const seed = seedFromEnvironment('QUICKSILVER_SEED');
  t.diagnostic(`seed ${seed}`);
  const random = new Random(seed);
  const repository = new StoreRepository(t, ['format.revlog-compression=zlib']);
  for (let i = 0; i < 12; i++) {
    repository.write('f', `${'line\n'.repeat(random.below(30))}${i}\n`);
    repository.write(`d/${i % 3}`, `\x01\n${random.below(3)}`);
    repository.write('empty', i % 4 === 0 ? '' : 'x');
    repository.commit(`c${i}`);
    if (i === 4) repository.hg('rename', 'f', 'd/g');
    if (i === 6) repository.hg('remove', '--force', 'd/1');
    if (i === 8) repository.hg('update', '-q', '-C', '3');
  }
  for (let round = 0; round < ROUNDS; round++) {
    // The first round is the same each time, so that it has deltas against the null revision.
    const forms = round === 0 ? new Random(1) : random;
    let againstNull = 0;
    for (const file of indices(path.join(repository.root, '.hg/store'))) againstNull += rewriteRevlog(file, forms);
    if (round === 0) assert.ok(againstNull > 0);
    repository.hg('verify', '-q');
    const store = repository.open();
    const tip = store.changelog.revlog.length - 1;
    for (let revision = 0; revision <= tip; revision++) {
      const node = repository.node(String(revision));
      const tree = store.baseTree(node);
      for (const name of repository.hg('files', '-r', node).trimEnd().split('\n')) {
        const expected = repository.hg('cat', '-r', node, name);
        assert.equal(tree.find(bytePath(name))?.content().toString('latin1'), expected, `${name} in ${revision}`);
      }
    }
  }
});
