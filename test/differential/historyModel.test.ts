// The rows of the history model are those of `hg log`, with and without hidden changesets, before and after changes.
// More repositories: QUICKSILVER_LOG_REPOSITORIES=200; the same again: QUICKSILVER_LOG_SEED.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { test } from 'node:test';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';
import { Vfs } from '../../src/files/vfs.ts';
import { finish } from '../../src/mercurial/annotate/finish.ts';
import { currentEnvironment } from '../../src/files/environment.ts';
import { EDGE_FIELDS } from '../../src/mercurial/history/graphEdges.ts';
import type { HistoryModel } from '../../src/mercurial/history/historyModel.ts';
import { MercurialRepository } from '../../src/mercurial/repository/repository.ts';
import { hgEnvironment, HgServer } from '../support/hgServer.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';
import { DAG_CONFIG, RandomDag } from '../support/randomDag.ts';

const REPOSITORIES = Number(process.env['QUICKSILVER_LOG_REPOSITORIES'] ?? 4);

const TEMPLATE = [
  '{rev} {node} {p1rev} {p2rev} {phase} [{branch}] [{extras % "{key}={value};"}] [{tags % "{tag};"}]',
  ' [{bookmarks % "{bookmark};"}] [{instabilities % "{instability};"}] [{obsolete}] [{author}] {date|hgdate} ',
  '[{desc|firstline}]\\n',
].join('');

interface Seen {
  rows: number;
  hidden: number;
  readonly unstable: Set<string>;
}

/** Runs a test with an empty repository: its root, a command server, and a comparison that counts what it has seen. */
async function withRepository(
  name: string,
  work: (root: string, hg: HgServer, compare: (step: string) => Promise<void>) => Promise<void>,
): Promise<Seen> {
  const seen: Seen = { rows: 0, hidden: 0, unstable: new Set() };
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-log-'));
  execFileSync('hg', ['init', root], { env: hgEnvironment() });
  const hg = new HgServer(root, DAG_CONFIG);
  // One that opens the repository anew for each command: a server of its own keeps tags that are out of date.
  const reader = new HgServer(undefined, DAG_CONFIG);
  try {
    const repository = MercurialRepository.open(root, { vfs: new Vfs(), environment: currentEnvironment() });
    const model = repository.historyModel();
    await work(root, hg, step => compareRows(repository, model, reader, `${name}, ${step}`, seen));
  } finally {
    await Promise.all([hg.close(), reader.close()]);
    removeTree(root);
  }
  return seen;
}

test('rows are those of hg log', async t => {
  const seed = seedFromEnvironment('QUICKSILVER_LOG_SEED');
  t.diagnostic(`QUICKSILVER_LOG_SEED=${seed}`);
  for (let i = 0; i < REPOSITORIES; i++) {
    const { rows, hidden, unstable } = await withRepository(`repository ${seed + i}`, async (root, hg, compare) => {
      const dag = new RandomDag(root, hg, new Random(seed + i));
      await dag.grow(14);
      await compare('grown');
      await dag.decorate();
      await compare('named');
      await dag.rewrite(6);
      await compare('rewritten');
      await dag.rewrite(10);
      await dag.grow(3);
      await compare('rewritten again');
    });
    t.diagnostic(`${rows} rows, ${hidden} hidden, ${[...unstable].join(' ')}`);
  }
});

test('rows of hidden and of unstable changesets are those of hg log', async () => {
  const { hidden, unstable } = await withRepository('one of each', async (_, hg, compare) => {
    const commit = async (message: string, parent: string): Promise<string> => {
      await hg.run('update', '-q', '-C', '-r', parent);
      await hg.run('commit', '-q', '-m', message, '-d', '0 0');
      return (await hg.run('log', '-r', 'tip', '-T', '{node}')).output;
    };
    const rewrite = (from: string, to: string): Promise<unknown> => hg.run('debugobsolete', from, to);
    const released = await commit('released', 'null');
    const [left, right] = [await commit('left', released), await commit('right', released)];
    const [old, leaf] = [await commit('old', released), await commit('leaf', released)];
    await commit('orphan', old);
    await compare('grown');
    await rewrite(leaf, left);
    await rewrite(leaf, right);
    await compare('content-divergent');
    await rewrite(old, await commit('new', released));
    await compare('orphan');
    await rewrite(released, await commit('again', 'null'));
    await hg.run('phase', '-p', '-r', released);
    await compare('phase-divergent');
  });
  assert.ok(hidden > 0);
  assert.deepEqual([...unstable].sort(), ['content-divergent', 'orphan', 'phase-divergent']);
});

async function compareRows(
  repository: MercurialRepository,
  model: HistoryModel,
  hg: HgServer,
  name: string,
  seen: Seen,
): Promise<void> {
  const { p1, p2 } = repository.readDirstate();
  const before = model.counters.entries;
  const known = model.count;
  finish(model.load([p1, p2]));
  assert.equal(model.counters.entries - before, model.count - known, `${name}: only what was appended is read`);
  assert.equal(finish(model.load([p1, p2])), false, `${name}: nothing is read twice`);
  for (const withHidden of [false, true]) {
    const args = ['log', '-R', repository.root, ...(withHidden ? ['--hidden'] : []), '-T', TEMPLATE];
    const { output, errors } = await hg.run(...args);
    assert.equal(errors, '', name);
    const view = finish(model.view({ kind: 'all' }, withHidden));
    const rows = Array.from({ length: view.rows }, (_, row) => line(model, view.revisionAt(row), withHidden));
    const theirs = Buffer.from(output, 'latin1').toString('utf8').split('\n').slice(0, -1);
    assert.deepEqual(rows, theirs, `${name}, ${withHidden ? 'with' : 'without'} hidden`);
    seen.rows += rows.length;
    seen.hidden += rows.length > model.count - 1 ? 0 : model.count - rows.length;
    for (const row of rows) {
      const found = /(orphan|phase-divergent|content-divergent);/.exec(row)?.[1];
      if (found !== undefined) seen.unstable.add(found);
    }
    // Every changeset is joined with its parents, by edges that end in its row and theirs.
    const { edges, revisions } = view.window(0, view.rows);
    const joined = new Set<string>();
    for (let at = 0; at < edges.length; at += EDGE_FIELDS) {
      joined.add(`${revisions[edges[at]!]!} ${revisions[edges[at + 1]!]!}`);
    }
    const expected = new Set<string>();
    for (const row of theirs) {
      const [rev, , ...parents] = row.split(' ');
      for (const parent of parents.slice(0, 2)) if (parent !== '-1') expected.add(`${rev!} ${parent}`);
    }
    assert.deepEqual(joined, expected, `${name}: edges`);
  }
}

function line(model: HistoryModel, revision: number, withHidden: boolean): string {
  const row = model.row(revision, withHidden);
  const { extra } = model.changeset(revision);
  const extras = new Map([['branch', 'default'], ...extra]);
  const items = [...extras.keys()].sort().map(key => `${key}=${extras.get(key)!};`);
  const list = (names: readonly string[]): string => names.map(text => `${text};`).join('');
  return [
    `${row.revision} ${row.node} ${row.parents[0] ?? -1} ${row.parents[1] ?? -1} ${row.phase} [${row.branch}]`,
    ` [${items.join('')}] [${list(row.tags)}] [${list(row.bookmarks)}] [${list(row.instabilities)}]`,
    ` [${row.isObsolete ? 'obsolete' : ''}] [${row.user}] ${row.time} ${row.timezone} [${row.summary}]`,
  ].join('');
}
