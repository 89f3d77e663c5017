// The annotation of an unsaved text, for which the committed version was annotated before, is that of `hg annotate` once
// the text is saved. More repositories: QUICKSILVER_UNSAVED_REPOSITORIES=100; the same again: QUICKSILVER_UNSAVED_SEED.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { test, type TestContext } from 'node:test';
import { MercurialBackend } from '../../src/backends/mercurial/mercurialBackend.ts';
import { MercurialHistory } from '../../src/backends/mercurial/mercurialHistory.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { finish } from '../../src/mercurial/annotate/finish.ts';
import { currentEnvironment } from '../../src/files/environment.ts';
import { HgServer } from '../support/hgServer.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';
import { RandomEdits } from '../support/randomEdits.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

const REPOSITORIES = Number(process.env['QUICKSILVER_UNSAVED_REPOSITORIES'] ?? 2);
/** Of the first repository. What the tests cover is asserted for it alone: other seeds may draw less. */
const FIXED_SEED = 1;
const TEMPLATE = '{lines % "{rev} {path}:{lineno}\\n"}';

test('an unsaved text is annotated as hg annotates it when it is saved', async t => {
  const seed = seedFromEnvironment('QUICKSILVER_UNSAVED_SEED');
  t.diagnostic(`QUICKSILVER_UNSAVED_SEED=${seed}`);
  for (const each of [FIXED_SEED, ...Array.from({ length: REPOSITORIES - 1 }, (_, i) => seed + i)]) {
    const random = new Random(each);
    const { root, hg } = await newRepository(t);
    try {
      await new RandomEdits(root, hg, random).grow(16);
      const compared = await compareTexts(root, hg, random, `repository ${each}`);
      t.diagnostic(`${compared} texts`);
      if (each === FIXED_SEED) assert.ok(compared > 1, String(compared));
    } finally {
      await hg.close();
    }
  }
});

test('after commits, an annotation is made from the one before, and equals that of hg annotate', async t => {
  const seed = seedFromEnvironment('QUICKSILVER_UNSAVED_SEED');
  t.diagnostic(`QUICKSILVER_UNSAVED_SEED=${seed}`);
  const random = new Random(seed);
  const { root, hg } = await newRepository(t);
  try {
    await new RandomEdits(root, hg, random).grow(12);
    await hg.run('update', '-q', '-C', '-r', 'tip');
    fs.writeFileSync(path.join(root, 'followed'), 'one\ntwo\nthree\nfour\n');
    fs.writeFileSync(path.join(root, 'other'), 'x\n');
    await hg.run('commit', '-q', '-A', '-m', 'begin', '-d', '0 0');
    const backend = new MercurialBackend(root, new Vfs(), currentEnvironment());
    const history = new MercurialHistory(backend);
    let snapshot: ReturnType<MercurialBackend['load']> | undefined;
    let walks = -1;
    for (let step = 0; step < 6; step++) {
      const name = random.chance(0.3) ? 'other' : 'followed';
      const file = path.join(root, name);
      fs.writeFileSync(file, `${edited(fs.readFileSync(file, 'utf8'), random)}${step}\n`);
      await hg.run('commit', '-q', '-m', `step ${step}`, '-d', '0 0');
      snapshot = backend.load(snapshot);
      const answer = finish(history.annotate(snapshot, { path: 'followed', skip: [] }));
      assert.ok(answer.kind === 'lines');
      const { output } = await hg.run('annotate', '-nlf', '-T', TEMPLATE, 'path:followed');
      const lines = answer.sources.map((source, line) => {
        const { changeset, path: at } = answer.changesets[source]!;
        return `${changeset.revision} ${at}:${answer.lineNumbers[line]!}\n`;
      });
      assert.equal(lines.join(''), output, `step ${step}`);
      if (walks >= 0) assert.equal(history.annotationWalks, walks, `step ${step} walks no further`);
      walks = history.annotationWalks;
    }
  } finally {
    await hg.close();
  }
});

async function compareTexts(root: string, hg: HgServer, random: Random, name: string): Promise<number> {
  const backend = new MercurialBackend(root, new Vfs(), currentEnvironment());
  const snapshot = backend.load(undefined);
  const history = new MercurialHistory(backend);
  const listed = Buffer.from((await hg.run('files', '-0')).output, 'latin1').toString('utf8');
  const files = listed.split('\0').filter(Boolean);
  let compared = 0;
  for (const file of files) {
    const before = fs.readFileSync(path.join(root, file), 'utf8');
    for (let edit = 0; edit < 3; edit++) {
      const text = edited(before, random);
      const answer = finish(history.annotate(snapshot, { path: file, text, skip: [] }));
      if (answer.kind === 'none') continue;
      fs.writeFileSync(path.join(root, file), text);
      const { output, errors } = await hg.run('annotate', '-r', 'wdir()', '-nlf', '-T', TEMPLATE, `path:${file}`);
      assert.equal(errors, '');
      const lines = answer.sources.map((source, line) => {
        const from = answer.changesets[source];
        return `${from?.changeset.revision ?? 2147483647} ${from?.path ?? file}:${answer.lineNumbers[line]!}\n`;
      });
      assert.equal(lines.join(''), Buffer.from(output, 'latin1').toString('utf8'), `${name}: ${file}`);
      compared++;
    }
    fs.writeFileSync(path.join(root, file), before);
  }
  return compared;
}

/** Lines removed, doubled, swapped and added. */
function edited(text: string, random: Random): string {
  const lines = text.split('\n');
  for (let i = 0; i < 1 + random.below(4); i++) {
    const at = random.below(lines.length);
    const action = random.below(4);
    if (action === 0) lines.splice(at, 1 + random.below(3));
    else if (action === 1) lines.splice(at, 0, lines[random.below(lines.length)] ?? '');
    else if (action === 2) lines.splice(at, 0, `new ${random.below(5)}`, '');
    else lines[at] = `${lines[at] ?? ''}x`;
  }
  return lines.join('\n');
}

test('an annotation stays right when a changeset is removed that others follow by number', async t => {
  const { root, hg } = await newRepository(t);
  try {
    const commit = async (name: string, text: string): Promise<void> => {
      fs.writeFileSync(path.join(root, name), text);
      await hg.run('commit', '-q', '-A', '-m', name, '-d', '0 0');
    };
    await commit('followed', 'one\n');
    await commit('other', 'x\n');
    await hg.run('update', '-q', '-r', '0');
    await commit('followed', 'one\ntwo\n');
    const backend = new MercurialBackend(root, new Vfs(), currentEnvironment());
    const history = new MercurialHistory(backend);
    let snapshot = backend.load(undefined);
    const annotated = (): number[] => {
      const answer = finish(history.annotate(snapshot, { path: 'followed', skip: [] }));
      assert.ok(answer.kind === 'lines');
      return answer.sources.map(at => answer.changesets[at]!.changeset.revision);
    };
    const versions = (): number[] => {
      const { items } = finish(history.fileHistory(snapshot, { path: 'followed', limit: 9 }));
      return items.map(({ changeset }) => changeset.revision);
    };
    assert.deepEqual(
      [annotated(), versions()],
      [
        [0, 2],
        [2, 0],
      ],
    );
    await hg.run('--config', 'extensions.strip=', 'strip', '-q', '-r', '1');
    snapshot = backend.load(snapshot);
    assert.deepEqual(
      [annotated(), versions()],
      [
        [0, 1],
        [1, 0],
      ],
    );
  } finally {
    await hg.close();
  }
});

/** An empty repository, with a server that has its configuration. */
async function newRepository(t: TestContext): Promise<{ readonly root: string; readonly hg: HgServer }> {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-unsaved-'));
  t.after(() => removeTree(root));
  const maker = new HgServer(undefined);
  await maker.run('init', root);
  await maker.close();
  return { root, hg: new HgServer(root) };
}
