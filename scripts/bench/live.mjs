// Measures changes after the first status: of files, of the dirstate and of the ignore rules, until they are
// published.
// Commits and updates happen here without hg, whose own time does not count. The script writes files, takes the lock,
// replaces the dirstate by one with another parent, and releases the lock.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Engine, isSettled } from './engine.mjs';
import { hgStatus } from './programs.mjs';
import { makeRow } from './report.mjs';
import { updatedContent } from './repository.mjs';
import { summarize } from './statistics.mjs';
import { checkAnswer, hgMedian, isLarge, smallRepository } from './status.mjs';

const SMALL = 10_000;
const HUGE = 1_000_000;
const HINTS = 300;
const WRITES = 100;
/** Between two changes, so that each meets an engine with nothing to do. */
const IDLE = 30;

export async function measureLive(repository, context) {
  const hg = await hgMedian(repository, context);
  repository.use('v1');
  const measured = [...(await withEngine(repository, context, 0, [hints]))];
  const parts = [writes, commits, updates, ignoreEdits, bursts, baseContents];
  measured.push(...(await withEngine(repository, context, 0.5, parts)));
  return measured.map(({ limits = [], ...row }) =>
    makeRow({
      ...row,
      files: repository.plan.count,
      targets: limits.map(({ ratio, ...limit }) =>
        ratio === undefined ? limit : { of: 'median', limit: ratio, base: hg },
      ),
    }),
  );
}

/** Runs parts in one engine that has this share of the watches; the answer is compared with that of hg at the end. */
async function withEngine(repository, context, watchShare, parts) {
  const engine = new Engine();
  try {
    await engine.open(await smallRepository(context.cache), { watchShare: 0 });
    const followed = await engine.open(repository.root, { watchShare });
    await followed.settle();
    const rows = [];
    for (const part of parts) {
      rows.push(...(await part({ repository, followed, engine, ...context, isLarge: isLarge(repository) })));
      await followed.settle();
      checkAnswer('Quicksilver', followed.lines, repository.expected);
    }
    checkAnswer('Quicksilver', followed.lines, await hgStatus(repository.root));
    return rows;
  } finally {
    engine.dispose();
  }
}

/** Without own watches the engine knows of a change only from hints: this is how long it then takes. */
async function hints({ repository, followed, hintMedians }) {
  const values = await touch(repository, HINTS, async (file, status, change) => {
    change();
    const told = followed.untilStatus(file.path, status);
    const started = performance.now();
    followed.hint([file.path]);
    return (await told) - started;
  });
  const limits = [
    { of: 'median', limit: 1 },
    { of: 'p99', limit: 3 },
  ];
  const { count } = repository.plan;
  const median = summarize(values).median;
  const small = hintMedians.get(SMALL);
  hintMedians.set(count, median);
  // The cost must not depend on the size of the repository.
  if (count === HUGE && small !== undefined) {
    limits.push({ of: 'median', limit: 1.5, base: { name: 'that with 10,000 files', value: small } });
  }
  return [{ id: 'live.hint', title: 'a hint, until the change is told', values, limits }];
}

async function writes({ repository, followed }) {
  const values = await touch(repository, WRITES, async (file, status, change) => {
    const told = followed.untilStatus(file.path, status);
    const started = performance.now();
    change();
    return (await told) - started;
  });
  const limits = [{ of: 'p95', limit: 10 }];
  return [{ id: 'live.write', title: 'a file is written, until the change is told', values, limits }];
}

/** Files are changed and changed back, one after the other. */
async function touch(repository, count, measure) {
  const { touched } = repository.plan;
  const values = [];
  for (let index = 0; index < count; index++) {
    const file = touched[(index >> 1) % touched.length];
    const isChange = index % 2 === 0;
    if (!isChange) repository.makeCopy(file);
    const change = isChange
      ? () => fs.appendFileSync(repository.absolute(file.path), 'changed\n')
      : () => putBack(repository, file);
    values.push(await measure(file, isChange ? 'modified' : undefined, change));
    await delay(IDLE);
  }
  return values;
}

/**
 * Puts a file back in one step: a copy of it, made elsewhere, takes its place. In more steps it would for a moment have
 * another time and have to be read.
 */
function putBack(repository, file) {
  fs.renameSync(repository.copyOf(file), repository.absolute(file.path));
}

async function commits({ repository, followed, rounds, isLarge: hasTarget }) {
  const { plan } = repository;
  const file = plan.committed;
  const stat = fs.statSync(repository.absolute(file.path));
  // It was written some time ago, as files mostly were when they are committed: its time is recorded.
  const change = { path: file.path, size: stat.size, seconds: Math.floor(stat.mtimeMs / 1000) };
  repository.writeState('v1-commit', plan.changesets[1], [change]);
  const values = [];
  for (let round = 0; round <= rounds; round++) {
    const done = followed.until(
      'the commit is told',
      update =>
        isSettled(update) &&
        update.head?.firstParent === plan.changesets[1] &&
        followed.statusOf(file.path) === undefined,
    );
    const started = underLock(repository, () => repository.use('v1-commit'));
    const value = (await done) - started;
    if (round > 0) values.push(value);
    await delay(IDLE);
    const back = followed.until(
      'the commit is undone',
      update => isSettled(update) && followed.statusOf(file.path) === 'modified',
    );
    underLock(repository, () => repository.use('v1'));
    await back;
    await delay(IDLE);
  }
  const limits = hasTarget ? [{ ratio: 0.05 }] : [];
  return [{ id: 'live.commit', title: 'a commit of one file, until told', values, limits }];
}

async function updates({ repository, followed, rounds, isLarge: hasTarget }) {
  const { plan } = repository;
  const values = [];
  for (let round = 0; round <= rounds; round++) {
    const done = followed.until(
      'the update is told',
      update => isSettled(update) && update.head?.firstParent === plan.changesets[2],
    );
    const started = underLock(repository, () => {
      const changes = plan.updated.map(file => {
        const content = updatedContent(file);
        fs.writeFileSync(repository.absolute(file.path), content);
        return { path: file.path, size: content.length };
      });
      // The files were written within the second, so hg records no time for them: their content has to be compared.
      repository.writeState('v1-update', plan.changesets[2], changes);
      repository.use('v1-update');
    });
    const value = (await done) - started;
    if (round > 0) values.push(value);
    await followed.settle();
    checkAnswer('Quicksilver, after an update,', followed.lines, repository.expected);
    const back = followed.until(
      'the update is undone',
      update => isSettled(update) && update.head?.firstParent === plan.changesets[0],
    );
    underLock(repository, () => {
      for (const file of plan.updated) repository.restore(file);
      repository.use('v1');
    });
    await back;
    await followed.settle();
  }
  const limits = hasTarget ? [{ ratio: 0.1 }] : [];
  return [{ id: 'live.update', title: `an update of ${plan.updated.length} files, until told`, values, limits }];
}

/** Does something while the working copy is locked as hg locks it. Returns the moment at which the lock was gone. */
function underLock(repository, work) {
  const lock = path.join(repository.hgDirectory, 'wlock');
  fs.symlinkSync(`${os.hostname()}:${process.pid}`, lock);
  try {
    work();
  } finally {
    fs.unlinkSync(lock);
  }
  return performance.now();
}

/** A line is appended that ignores what was unknown; then it is taken away. */
async function ignoreEdits({ repository, followed, rounds, isLarge: hasTarget }) {
  const file = repository.absolute('.hgignore');
  const ignoreFile = repository.plan.ignoreFile;
  const unknown = repository.expected.filter(line => line.startsWith('? ')).length;
  const values = [];
  for (let round = 0; round <= 2 * rounds; round++) {
    const adds = round % 2 === 0;
    const done = followed.until(
      'the ignore rules are told',
      update =>
        isSettled(update) &&
        update.counts.unknown === (adds ? 0 : unknown) &&
        followed.statusOf('.hgignore') === (adds ? 'modified' : undefined),
    );
    if (!adds) repository.makeCopy(ignoreFile);
    const started = performance.now();
    if (adds) fs.appendFileSync(file, 'rootglob:**/unknown_*\n');
    else putBack(repository, ignoreFile);
    const value = (await done) - started;
    if (round > 0) values.push(value);
    await delay(IDLE);
  }
  repository.makeCopy(ignoreFile);
  putBack(repository, ignoreFile);
  await followed.settle();
  if (followed.last.counts.unknown !== unknown) {
    await followed.until('the ignore rules are back', update => update.counts.unknown === unknown);
  }
  const limits = hasTarget ? [{ ratio: 0.15 }] : [];
  return [{ id: 'live.ignore', title: 'an edit of .hgignore, until told', values, limits }];
}

/** Many files are changed, and changed back, as fast as that can be done. */
async function bursts({ repository, followed, rounds, isLarge: hasTarget }) {
  const { burst } = repository.plan;
  const unchanged = repository.expected.filter(line => line.startsWith('M ')).length;
  const values = [];
  // An even number, so that at the end all is as before.
  for (let round = 0; round < 2 * Math.ceil((rounds + 1) / 2); round++) {
    const isChange = round % 2 === 0;
    const isDone = update => isSettled(update) && update.counts.modified === unchanged + (isChange ? burst.length : 0);
    if (!isChange) for (const file of burst) repository.makeCopy(file);
    const done = followed.until('the burst is told', isDone);
    for (const file of burst) {
      if (isChange) fs.appendFileSync(repository.absolute(file.path), 'changed\n');
      else putBack(repository, file);
    }
    const quiet = performance.now();
    const value = (await done) - quiet;
    if (round > 0) values.push(value);
    if (isChange) {
      await followed.settle();
      const lines = [...repository.expected, ...burst.map(file => `M ${file.path}`)].sort();
      checkAnswer('Quicksilver, after a burst,', followed.lines, lines);
    }
  }
  const limits = hasTarget ? [{ ratio: 0.5 }] : [];
  return [{ id: 'live.burst', title: `a burst of ${burst.length} changes, from its end until told`, values, limits }];
}

/** Contents of files that were not asked for before, in a changeset whose manifest was. */
async function baseContents({ repository, engine }) {
  const query = file => ({ root: repository.root, path: file.path, revision: 'base', withBytes: true });
  await engine.content(query(repository.plan.committed));
  const values = [];
  for (const file of repository.plan.updated.slice(0, 200)) {
    const started = performance.now();
    const answer = await engine.content(query(file));
    values.push(performance.now() - started);
    if (answer.kind !== 'content' || !repository.contentOf(file).equals(answer.bytes)) {
      throw new Error(`${file.path}: its base content is another one`);
    }
  }
  const limits = [{ of: 'p95', limit: 5 }];
  return [{ id: 'live.content', title: 'the base content of a file', values, limits }];
}
