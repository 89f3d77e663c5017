// Files that are too large to be compared: they pair with equal ones only, and the others keep their renames.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { bytePath } from '../../src/base/bytePath.ts';
import { TooLargeError } from '../../src/base/errors.ts';
import { findRenames, type RenameSide } from '../../src/git/changes/renames.ts';
import { gitLines, liveLines } from '../support/gitAnswers.ts';
import { GitSandbox, type GitRoot } from '../support/gitSandbox.ts';
import { LiveHarness } from '../support/liveHarness.ts';

const LARGE = 17 * 1024 * 1024;

/** Bytes that hardly get smaller. */
function noise(seed: string, length: number): Buffer {
  const blocks: Buffer[] = [];
  for (let i = 0; i * 64 < length; i++) blocks.push(createHash('sha512').update(`${seed}${i}`).digest());
  return Buffer.concat(blocks).subarray(0, length);
}

/** How objects are kept. */
const FORMS: readonly (readonly [string, (repository: GitRoot) => void])[] = [
  ['loose', () => undefined],
  ['whole in a pack', it => it.git('repack', '-adq', '--depth=0', '--window=0')],
  ['as deltas in a pack', it => it.git('-c', 'core.bigFileThreshold=1g', 'repack', '-adfq', '--window=10')],
];

for (const [form, repack] of FORMS) {
  test(`a large file that is staged as removed: ${form}`, async t => {
    const sandbox = new GitSandbox();
    t.after(() => sandbox.dispose());
    const repository = sandbox.init('large');
    const content = noise('large', LARGE);
    const files = { large: content, equal: Buffer.concat([content, Buffer.from('more')]), small: 'small\n'.repeat(9) };
    for (const [name, bytes] of Object.entries(files)) fs.writeFileSync(path.join(repository.root, name), bytes);
    repository.commit('one');
    repack(repository);
    const sizes = Object.fromEntries(
      Object.keys(files).map(name => {
        const id = repository.git('rev-parse', `HEAD:${name}`).trim();
        return [name, repository.repository({}).store.size(id)];
      }),
    );
    assert.deepEqual(sizes, { large: LARGE, equal: LARGE + 4, small: 54 });
    repository.git('rm', '-q', 'large');
    repository.git('mv', 'equal', 'equal2');
    repository.git('mv', 'small', 'small2');
    repository.write('small2', `${'small\n'.repeat(9)}and more\n`);
    repository.write('new', 'something else\n');
    repository.git('add', '-A');
    const live = new LiveHarness(repository.root, { backend: repository.backend() });
    t.after(() => live.dispose());
    await live.quiet();
    assert.equal(live.state.kind, 'ready', JSON.stringify(live.state));
    const lines = gitLines(repository)!;
    assert.ok(lines.includes('staged R "equal2" <- "equal"') && lines.includes('staged R "small2" <- "small"'));
    assert.deepEqual(liveLines(live), lines);
  });
}

test('a file that cannot be read as a whole leaves the other pairs alone', () => {
  const side = (name: string, text: string, size = text.length): RenameSide => ({
    path: bytePath(name),
    mode: 0o100644,
    id: name,
    size: () => size,
    content: () => {
      if (text === '') throw new TooLargeError('too large');
      return Buffer.from(text);
    },
  });
  const text = 'one\ntwo\nsix\n';
  const find = (largest: number, ...more: readonly RenameSide[]): readonly [unknown, boolean] => {
    const sources = [...more, side('z', text)];
    const settings = { minimum: 30_000, limit: 0, countsRest: true, largest };
    const { renames, isLimited } = findRenames(sources, [side('y', `${text}1\n`)], settings);
    return [renames.map(({ source, target }) => `${source.path} ${target.path}`), isLimited];
  };
  assert.deepEqual(find(100), [['z y'], false]);
  assert.deepEqual(find(100, side('chain', '', 14)), [['z y'], true]);
  assert.deepEqual(find(100, side('large', '', 101)), [['z y'], true]);
  assert.deepEqual(find(5, side('large', '', 101)), [[], true]);
});
