// Phases, ends of branches, what a merge brings in and one line about a changeset, beside what the real hg says of them,
// for every changeset of random histories.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { after, describe, test } from 'node:test';
import { isBranchTip } from '../../src/mercurial/history/branchTip.ts';
import { currentEnvironment } from '../../src/files/environment.ts';
import { changesetSummary, pendingMerge } from '../../src/mercurial/merge/pendingMerge.ts';
import { PhaseFinder, readPhaseRoots } from '../../src/mercurial/history/phases.ts';
import { MercurialRepository } from '../../src/mercurial/repository/repository.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { HgSandbox } from '../support/hgSandbox.ts';
import { HgServer } from '../support/hgServer.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';

const FIXED_SEED = 20_260_202;
const CHANGESETS = 60;
const BRANCHES = ['default', 'stable', 'größe', 'with space'];

const vfs = new Vfs();

async function ask(hg: HgServer, ...args: string[]): Promise<string> {
  const { code, output, errors } = await hg.run(...args);
  assert.equal(code, 0, `${args.join(' ')}\n${errors}`);
  return Buffer.from(output, 'latin1').toString('utf8');
}

async function lines(hg: HgServer, revset: string, template: string): Promise<string[]> {
  const output = await ask(hg, 'log', '-r', revset, '-T', `${template}\\n`);
  return output.split('\n').filter(Boolean);
}

function open(root: string): MercurialRepository {
  const environment = currentEnvironment();
  return MercurialRepository.open(root, {
    vfs,
    environment: { ...environment, variables: { ...environment.variables, HGRCPATH: '' } },
  });
}

/** Commits on random parents and branches, with merges, closed heads, and phases moved to and fro. */
async function grow(hg: HgServer, sandbox: HgSandbox, random: Random): Promise<void> {
  for (let i = 0; i < CHANGESETS; i++) {
    if (i > 2 && random.chance(0.4)) await ask(hg, 'update', '-q', '--clean', '-r', String(random.below(i)));
    if (i > 2 && random.chance(0.25)) await hg.run('merge', '-q', '--tool', ':local', '-r', String(random.below(i)));
    if (random.chance(0.3)) await ask(hg, 'branch', '-q', '-f', random.pick(BRANCHES));
    sandbox.write('r', `f${i}`, String(i));
    const closing = i > 2 && random.chance(0.15) ? ['--close-branch'] : [];
    const description = random.pick(['one line', 'first\nsecond', 'ends\r\nhere', 'größe: ☃']) + ` ${i}`;
    await ask(hg, 'add', `f${i}`);
    const date = `${1_600_000_000 + random.below(10_000_000)} ${random.pick(['0', '-7200', '19800'])}`;
    const { code } = await hg.run('commit', ...closing, '-m', description, '-d', date, '-u', `Jörg ${i} <j@x>`);
    // A branch can only be closed at a head of it.
    if (code !== 0) await ask(hg, 'commit', '-m', description, '-d', date);
    if (random.chance(0.15)) {
      const phase = random.pick(['--public', '--draft', '--secret']);
      await hg.run('phase', '-q', ...(phase === '--public' ? [] : ['--force']), phase, String(random.below(i + 1)));
    }
  }
}

describe('heads and phases are what hg says they are', () => {
  const sandboxes: HgSandbox[] = [];
  after(() => sandboxes.forEach(sandbox => sandbox.dispose()));

  for (const seed of [FIXED_SEED, seedFromEnvironment('HEADS_SEED')]) {
    test(`in a random history, seed ${seed} (HEADS_SEED=${seed} repeats it)`, async () => {
      const random = new Random(seed);
      const sandbox = new HgSandbox();
      sandboxes.push(sandbox);
      sandbox.hg('.', ['init', 'r']);
      const root = sandbox.path('r');
      const hg = new HgServer(root);
      try {
        await grow(hg, sandbox, random);
        await compareAll(hg, root, random);
      } finally {
        await hg.close();
      }
    });
  }
});

async function compareAll(hg: HgServer, root: string, random: Random): Promise<void> {
  const { store, storeDirectory, hgDirectory } = open(root);
  const { changelog } = store;
  const all = Array.from({ length: changelog.revlog.length }, (_, revision) => revision);
  assert.equal(all.length, CHANGESETS);

  const roots = readPhaseRoots(vfs, storeDirectory);
  const finder = new PhaseFinder(changelog);
  assert.deepEqual(
    all.map(revision => `${revision} ${finder.phaseOf(revision, roots)}`),
    await lines(hg, 'all()', '{rev} {phase}'),
  );

  for (const revision of all.slice(-10)) {
    const drafts = await lines(hg, `draft() and ::${revision}`, '{rev}');
    assert.equal(finder.draftAncestors(revision, roots), drafts.length, `drafts of ${revision}`);
  }

  const open_ = await lines(hg, 'head() and not closed()', '{rev} {branch}');
  const last = new Map(open_.map(line => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]));
  const tips = [...last.values()].map(Number).sort((a, b) => a - b);
  assert.ok(tips.length > 0);
  const cacheDirectory = `${hgDirectory}/cache`;
  const caches = fs.readdirSync(cacheDirectory).filter(name => name.startsWith('branch2'));
  assert.ok(caches.length > 0);
  const found = (directory: string): number[] =>
    all.filter(revision => isBranchTip(vfs, changelog, directory, revision, changelog.read(revision)));
  assert.deepEqual(found(cacheDirectory), tips, 'with the caches of hg');
  assert.deepEqual(found(`${hgDirectory}/nowhere`), tips, 'without');
  // As they may have been when some changesets were not there.
  for (const tip of [10, 25, 40]) {
    const heads = await lines(hg, `heads(:${tip})`, '{rev}');
    assert.ok(heads.length > 0);
    const branches = new Set(await lines(hg, `:${tip}`, '{branch}'));
    const cached = await Promise.all([lines(hg, String(tip), '{node} {rev}')]);
    const cache = cached.flat();
    for (const branch of branches) {
      const onBranch = `(:${tip} and branch("literal:${branch}"))`;
      // Heads by their own definition: nothing on the branch descends from them.
      const candidates = await lines(hg, onBranch, '{rev}');
      for (const candidate of candidates) {
        const later = await lines(hg, `${onBranch} and descendants(${candidate}) - ${candidate}`, '{rev}');
        if (later.length > 0) continue;
        cache.push(...(await lines(hg, candidate, `{node} {ifcontains("close", extras, "c", "o")} {branch}`)));
      }
    }
    fs.mkdirSync(`${root}/cache-${tip}`);
    fs.writeFileSync(`${root}/cache-${tip}/branch2-served`, `${cache.join('\n')}\n`);
    assert.deepEqual(found(`${root}/cache-${tip}`), tips, `with a cache up to ${tip}`);
  }

  const nodes = await lines(hg, 'all()', '{node}');
  for (let i = 0; i < 40; i++) {
    const p1 = random.below(all.length);
    const p2 = random.below(all.length);
    const expected = await lines(
      hg,
      `reverse(only(${p2}, ${p1}))`,
      '{node} {rev} {date|hgdate} {user} {desc|firstline}',
    );
    const pending = pendingMerge(changelog, nodes[p1]!, nodes[p2]!, 5);
    assert.equal(pending.total, expected.length, `${p1} ${p2}`);
    assert.equal(pending.isComplete, true);
    assert.deepEqual(
      pending.changesets.map(({ node, revision, time, timezone, user, summary }) => {
        return `${node} ${revision} ${time} ${timezone} ${user} ${summary}`;
      }),
      expected.slice(0, 5),
    );
  }
  const summaries = await lines(hg, 'all()', '{branch} {ifcontains("close", extras, "true", "false")}');
  assert.deepEqual(
    nodes
      .map(node => changesetSummary(changelog, node)!)
      .map(({ branch, closesBranch }) => `${branch} ${closesBranch}`),
    summaries,
  );
  assert.equal(changesetSummary(changelog, '0'.repeat(40)), undefined);
  assert.deepEqual(pendingMerge(changelog, nodes[3]!, '0'.repeat(40), 5), {
    changesets: [],
    total: 0,
    isComplete: true,
  });
}
