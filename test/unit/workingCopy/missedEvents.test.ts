// Hints are lost, late, doubled, disordered and misplaced at random. Until the next audit something may be wrong; after it
// nothing is, and the log says how much was.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeInput } from '../../support/fakeStatCache.ts';
import { Random, seedFromEnvironment } from '../../support/random.ts';
import { OLD_SECONDS, type TemporaryDirectory } from '../../support/temporaryDirectory.ts';
import { LiveModelRig } from './liveModelRig.ts';
import { WorkingCopyModel } from './workingCopyModel.ts';

const AUDIT_MS = 60_000;
/** How long an audit of so small a tree takes at most, with its pauses. */
const AUDIT_TAKES_MS = 200;
const ROUNDS = 24;
const NAMES = ['a', 'b', 'c', 'd'];

const RECORDED = ['a', 'b/a', 'b/b/c', 'c/a', 'c/b'];
const FILES = Object.fromEntries([...RECORDED, 'd/a', 'd/b', 'c/new'].map(path => [path, '1']));

const ENTRIES = RECORDED.map(path => ({ path, size: 1, mtime: OLD_SECONDS }));
const IGNORED = ['d', 'b/d'];

function randomPath(random: Random): string {
  return Array.from({ length: 1 + random.below(3) }, () => random.pick(NAMES)).join('/');
}

/** Changes something; answers the paths that a watcher would tell of. */
function change(directory: TemporaryDirectory, random: Random): string[] {
  const [path, other] = [randomPath(random), randomPath(random)];
  try {
    switch (random.below(5)) {
      case 0:
        directory.remove(path);
        return [path];
      case 1:
        directory.rename(path, other);
        return [path, other];
      case 2:
        directory.mkdir(path);
        return uppermost(path);
      default:
        directory.write(path, 'x'.repeat(1 + random.below(2)), OLD_SECONDS + random.below(2));
        return uppermost(path);
    }
  } catch (error) {
    assert.match(String(error), /EISDIR|EEXIST|ENOTDIR|ENOTEMPTY|EINVAL|ENOENT/);
    return uppermost(path);
  }
}

/** Of directories that are made together with what is in them, only the uppermost may be told. */
function uppermost(path: string): string[] {
  return path.split('/').map((_, i, names) => names.slice(0, i + 1).join('/'));
}

/** What arrives of the hints, in which order; what is late is kept for later. */
function disturb(hints: readonly string[], late: string[], random: Random): string[] {
  const arriving = random.chance(0.3) ? late.splice(0) : [];
  for (const hint of hints) {
    const fate = random.below(10);
    if (fate < 3) continue;
    if (fate < 5) late.push(hint);
    else if (fate < 6) arriving.push(hint, hint);
    else if (fate < 7) arriving.push(randomPath(random));
    else arriving.push(hint);
  }
  return arriving.map(hint => ({ hint, place: random.next() })).sort((a, b) => a.place - b.place).map(({ hint }) => hint);
} // prettier-ignore

let missedInAll = 0;

const RANDOM_SEED = seedFromEnvironment('MISSED_SEED');
for (const seed of [...Array(24).keys(), RANDOM_SEED]) {
  test(`after an audit all is true, whatever the events were; seed ${seed}`, async t => {
    const random = new Random(seed);
    const rig = await LiveModelRig.started(t, FILES, { entries: ENTRIES, ignored: IGNORED }, AUDIT_MS);
    const input = fakeInput({ root: rig.directory.root, entries: ENTRIES, ignored: IGNORED });
    const late: string[] = [];
    let missed = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const hints = Array.from({ length: 1 + random.below(5) }, () => change(rig.directory, random)).flat();
      for (const hint of disturb(hints, late, random)) rig.watcher.fire(hint);
      await rig.settle();
      if (random.chance(0.5)) continue;
      const before = rig.told;
      rig.advance(AUDIT_MS);
      for (let waited = 0; waited < AUDIT_TAKES_MS; waited += 40) {
        await rig.settle();
        rig.advance(40);
      }
      const truth = WorkingCopyModel.scanned(input).lines;
      assert.deepEqual(rig.told, truth);
      missed += countChanges(before, truth);
      assert.equal(rig.model.missedByEvents, missed);
    }
    missedInAll += missed;
    const logged = rig.logger.lines.map(line => /found (\d+) changes that no event had told of/.exec(line)?.[1]);
    assert.equal(logged.reduce((sum, count) => sum + Number(count ?? 0), 0), missed);
  }); // prettier-ignore
}

test('and there was something to correct', () => {
  assert.ok(missedInAll > 50, `${missedInAll} changes`);
});

/** Paths whose line is another one. */
function countChanges(before: readonly string[], after: readonly string[]): number {
  const path = (line: string): string => line.slice(2).replace(/\/$/, '');
  const differing = [...before.filter(line => !after.includes(line)), ...after.filter(line => !before.includes(line))];
  return new Set(differing.map(path)).size;
}
