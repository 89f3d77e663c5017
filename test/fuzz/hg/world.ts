// The place where operations are performed: repositories of the real hg in a directory of their own, a live model on the
// one that is worked in, and the comparison of everything with hg.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { bytePath, isAtOrBelow, toDisplay, type BytePath } from '../../../src/base/bytePath.ts';
import { QuicksilverError } from '../../../src/base/errors.ts';
import { currentEnvironment } from '../../../src/files/environment.ts';
import { MercurialRepository } from '../../../src/mercurial/repository/repository.ts';
import { Vfs } from '../../../src/files/vfs.ts';
import type { StatusEntry } from '../../../src/status/status.ts';
import { settledStatus, type SettledStatus } from '../../../src/backends/mercurial/snapshot.ts';
import { HgServer, hgEnvironment, statusEntries, type HgAnswer, type HgEntry } from '../../support/hgServer.ts';
import { LiveHarness } from '../../support/liveHarness.ts';
import { hasRepository, performOnFiles, type Operation, type Policy } from './operations.ts';
import { STATUS_LETTERS } from '../../../src/server/statusLetters.ts';
import { removeTree } from '../../../scripts/lib/remove-tree.mjs';

export type Format = 'v1' | 'v2';

/** What a run amounts to. */
export interface Tally {
  operations: number;
  /** Comparisons of a whole status. */
  checks: number;
  /** Entries in them. */
  entries: number;
  /** Statuses by path, and base contents, that were compared. */
  paths: number;
  contents: number;
  /** Entries for which the two forms of hg differ, and ours is the answer of the one with C modules. */
  eitherForm: number;
  /** States that hg answers for and we refuse by name. */
  refused: number;
  /** States in which hg itself aborts, and we fail, too. */
  aborted: number;
}

export const emptyTally = (): Tally => ({
  operations: 0,
  checks: 0,
  entries: 0,
  paths: 0,
  contents: 0,
  eitherForm: 0,
  refused: 0,
  aborted: 0,
});

/** The extensions that commands are taken from. */
const EXTENSIONS = ['extensions.strip=', 'extensions.share=', 'extensions.rebase=', 'extensions.shelve='];

/** The live model is done within milliseconds, on a busy machine within seconds; unless something waits for ever. */
const REST_MS = 30_000;

/** Contents that are compared in one check. */
const CONTENTS = 2;

/** Of a state in which hg hangs or crashes, it says nothing. */
export class HgHasNoAnswer extends Error {
  constructor(args: readonly string[], why: string) {
    super(`hg ${args.join(' ')} ${why}`);
  }
}

/** Command servers, one of each policy, for any number of worlds. */
export class HgServers {
  readonly #servers = new Map<Policy, HgServer>();
  readonly #hangsMs: number;

  /** @param hangsMs a command that takes longer, once its server has started, is not going to end */
  constructor(hangsMs = 60_000) {
    this.#hangsMs = hangsMs;
  }

  /**
   * Runs a command. All arguments are byte strings. Throws {@link HgHasNoAnswer} if it does not end. One that crashes has
   * ended, and takes its server with it; the next command gets another. A command that still runs is that of a test that
   * has timed out: it is killed, and has no answer.
   */
  async run(policy: Policy, args: readonly string[]): Promise<HgAnswer> {
    let server = this.#servers.get(policy);
    if (server?.isBusy === true) server.kill();
    if (server?.isRunning !== true || server.isBusy) {
      server = new HgServer(undefined, EXTENSIONS, { ...hgEnvironment(), HGMODULEPOLICY: policy });
      this.#servers.set(policy, server);
    }
    const running = server;
    const answering = running.runBytes(args);
    await running.started;
    const limit = setTimeout(() => {
      this.#servers.delete(policy);
      running.kill();
    }, this.#hangsMs);
    const answer = await answering;
    clearTimeout(limit);
    if (this.#servers.get(policy) !== running) throw new HgHasNoAnswer(args, 'does not end');
    return answer;
  }

  /** As {@link run}, for what only asks. Throws {@link HgHasNoAnswer} also if it crashes. */
  async ask(policy: Policy, args: readonly string[]): Promise<HgAnswer> {
    const answer = await this.run(policy, args);
    if (this.#servers.get(policy)?.isRunning !== true) throw new HgHasNoAnswer(args, `crashes: ${answer.errors}`);
    return answer;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#servers.values()].map(server => server.close()));
    this.#servers.clear();
  }
}

export class World {
  readonly tally = emptyTally();
  readonly #base: string;
  readonly #servers: HgServers;
  readonly #format: Format;
  #place = 'repo';
  #live: LiveHarness | undefined;

  private constructor(base: string, format: Format, servers: HgServers) {
    this.#base = base;
    this.#format = format;
    this.#servers = servers;
  }

  /** @param base a directory of its own, which need not exist; it is removed in the end */
  static async create(base: string, format: Format, servers: HgServers): Promise<World> {
    fs.mkdirSync(base, { recursive: true });
    const world = new World(fs.realpathSync(base), format, servers);
    const config = ['--config', `format.use-dirstate-v2=${format === 'v2' ? 'yes' : 'no'}`];
    const made = await servers.run(world.policy, ['init', ...config, world.root]);
    assert.equal(made.code, 0, made.errors);
    return world;
  }

  get root(): string {
    return path.join(this.#base, this.#place);
  }

  /**
   * The Mercurial whose answers count. With its C modules it takes a file that was changed within the second, and kept its
   * size, for a clean one if the dirstate is of version 2; Python's own form compares as we do.
   */
  get policy(): Policy {
    return this.#format === 'v2' ? 'py' : 'c';
  }

  async perform(operation: Operation): Promise<void> {
    this.tally.operations++;
    if (operation.op === 'check') await this.#check(operation.paths.map(bytePath), operation.locked);
    else if (operation.op === 'enter') this.#enter(operation.place);
    else if (operation.op === 'hg') await this.hg(operation.args, operation.at, operation.policy);
    else performOnFiles(this.root, operation);
  }

  /** @param at the repository, below the root */
  hg(args: readonly string[], at = '', policy: Policy = this.policy): Promise<HgAnswer> {
    if (!hasRepository(this.root, at)) return Promise.resolve({ code: 255, output: '', errors: 'no repository' });
    return this.#servers.run(policy, [...this.#in(at), ...args]);
  }

  /** What only asks; see {@link HgServers.ask}. */
  #ask(args: readonly string[], policy: Policy = this.policy): Promise<HgAnswer> {
    return this.#servers.ask(policy, [...this.#in(''), ...args]);
  }

  #in(at: string): string[] {
    const repository = Buffer.from(path.join(this.root, at), 'utf8').toString('latin1');
    return ['-R', repository, '--cwd', repository];
  }

  dispose(): void {
    this.#live?.dispose();
    removeTree(this.#base);
  }

  #enter(place: string): void {
    const next = place === '' ? 'repo' : place;
    if (next === this.#place || !hasRepository(path.join(this.#base, next), '')) return;
    this.#place = next;
    this.#live?.dispose();
    this.#live = undefined;
  }

  /** Throws an AssertionError where our answer is not that of hg. */
  async #check(paths: readonly BytePath[], locked: boolean): Promise<void> {
    this.#live ??= new LiveHarness(this.root);
    await comesToRest(this.#live);
    const ours = await this.#ours();
    let theirs = await this.#theirs(locked);
    this.tally.checks++;
    if (typeof theirs === 'string') {
      this.#compareFailures(ours, theirs);
      return;
    }
    if (ours instanceof QuicksilverError) {
      this.#compareRefusal(ours, theirs);
      return;
    }
    this.tally.entries += theirs.length;
    theirs = await this.#eitherForm(ours, theirs);
    assertSame(ours.result.entries.map(entryLine), theirs.map(line), 'the whole status');
    if (!this.#failsOnRulesNotNeeded(ours)) this.#live.assertEquals(theirs, () => 'the live model');
    await this.#comparePaths(paths, theirs);
    await this.#compareContents(ours, theirs);
  }

  /**
   * A time of version 2 whose second is marked as ambiguous proves nothing to hg with its C modules, which see no
   * nanoseconds; without them it does. So where we differ from the one, the other is asked, path by path.
   */
  async #eitherForm({ result }: SettledStatus, theirs: HgEntry[]): Promise<HgEntry[]> {
    if (this.#format === 'v1') return theirs;
    const known = new Set(result.entries.map(entryLine));
    if (theirs.every(entry => known.has(line(entry)))) return theirs;
    const others = new Map<string, HgEntry>();
    // The C modules stat a file that lies where a subrepository has its place, too, unless unknown files are asked for:
    // then Python does, which sees nanoseconds.
    for (const letters of ['-A', '-mardc']) {
      const { code, output } = await this.#ask(['status', letters, '-C', '-0'], 'c');
      if (code === 0) for (const entry of statusEntries(output)) others.set(line(entry), entry);
    }
    const ofPath = new Map(
      [...others.values()].filter(entry => known.has(line(entry))).map(entry => [entry.path, entry]),
    );
    return theirs.map(entry => {
      const other = ofPath.get(entry.path);
      if (known.has(line(entry)) || other === undefined) return entry;
      this.tally.eitherForm++;
      return other;
    });
  }

  /** Where hg aborts we must fail; the rules are an exception that are read by us at once, and by hg when it needs them. */
  #compareFailures(ours: SettledStatus | QuicksilverError, theirs: string): void {
    this.tally.aborted++;
    assert.ok(ours instanceof QuicksilverError, `hg aborts, and we answer: ${theirs}`);
    const { kind } = this.#live!.state;
    assert.ok(kind === 'failed' || kind === 'refused', `hg aborts, and the live model is ${kind}: ${theirs}`);
  }

  #compareRefusal(ours: QuicksilverError, theirs: readonly HgEntry[]): void {
    // A mistake in a file that is subincluded is found at once by us, by hg when there is something below its directory.
    const isSubincluded = ours.code === 'invalid-config' && !isFirstIgnoreFile(this.root, ours.file);
    assert.ok(ours.code === 'unsupported' || isSubincluded, `hg answers, and we fail: ${ours.stack ?? ours.message}`);
    const { kind } = this.#live!.state;
    assert.ok(kind === 'failed' || kind === 'refused', `the live model is ${kind}: ${ours.message}, ${theirs.length}`);
    this.tally.refused++;
  }

  #failsOnRulesNotNeeded({ snapshot }: SettledStatus): boolean {
    const { state } = this.#live!;
    return snapshot.ignore() === undefined && state.kind !== 'ready' && /pattern|include/.test(problemOf(state));
  }

  #open(): MercurialRepository {
    const environment = { ...currentEnvironment(), variables: hgEnvironment() };
    return MercurialRepository.open(this.root, { vfs: new Vfs(), environment });
  }

  async #ours(paths?: readonly BytePath[]): Promise<SettledStatus | QuicksilverError> {
    try {
      const options = { ignored: 'all', clean: true, ...(paths !== undefined && { paths }) } as const;
      return await settledStatus(this.#open(), { rules: 'when-needed' }, () => options);
    } catch (error) {
      if (error instanceof QuicksilverError) return error;
      throw error;
    }
  }

  /** What hg says, if it aborts. */
  async #theirs(locked: boolean): Promise<HgEntry[] | string> {
    const lock = path.join(this.root, '.hg', 'wlock');
    if (locked) fs.symlinkSync('elsewhere:1', lock);
    try {
      const { code, output, errors } = await this.#ask(['status', '-A', '-C', '-0']);
      return code === 0 ? statusEntries(output) : `${code} ${errors}`;
    } finally {
      if (locked) fs.unlinkSync(lock);
    }
  }

  async #comparePaths(paths: readonly BytePath[], theirs: readonly HgEntry[]): Promise<void> {
    for (const at of paths) {
      const ours = await this.#ours([at]);
      if (ours instanceof QuicksilverError) throw ours;
      const expected = theirs.filter(entry => isAtOrBelow(entry.path, at));
      const message = `the status of ${JSON.stringify(toDisplay(at))}`;
      assertSame(ours.result.entries.map(entryLine), expected.map(line), message);
      this.tally.paths++;
    }
  }

  async #compareContents({ snapshot }: SettledStatus, theirs: readonly HgEntry[]): Promise<void> {
    const { p1 } = snapshot.dirstate;
    if (/^0+$/.test(p1)) return;
    const base = this.#open().store.baseTree(p1);
    const changed = theirs.filter(({ status }) => status === 'M' || status === 'R' || status === '!');
    for (const entry of changed.slice(0, CONTENTS)) {
      const ours = base.find(entry.path)?.content().toString('latin1');
      const message = `the content of ${JSON.stringify(toDisplay(entry.path))} in ${p1}`;
      // A path may have been a directory, or one of a subrepository, whose files `hg cat` would print.
      const { output: files } = await this.#ask(['files', '-0', '-r', p1, `path:${entry.path}`]);
      const exists = files.split('\0').includes(entry.path);
      assert.equal(ours !== undefined, exists, `${message}: whether there is one`);
      if (!exists || isInSubrepository(snapshot, entry.path)) continue;
      const { output, errors } = await this.#ask(['cat', '-r', p1, `path:${entry.path}`]);
      assert.ok(ours === output, `${message} is another one: ${errors}`);
      this.tally.contents++;
    }
  }
}

/** Fails if the live model goes on working although nothing happens any more. */
async function comesToRest(live: LiveHarness): Promise<void> {
  let limit: NodeJS.Timeout | undefined;
  const never = new Promise<never>((_, reject) => {
    limit = setTimeout(() => reject(new assert.AssertionError({ message: 'the live model does not rest' })), REST_MS);
  });
  try {
    await Promise.race([live.quiet(), never]);
  } finally {
    clearTimeout(limit);
  }
}

/** As a deepEqual of both, ordered, but tells only what differs. */
function assertSame(ours: readonly string[], theirs: readonly string[], what: string): void {
  const [known, expected] = [new Set(ours), new Set(theirs)];
  const surplus = ours.filter(item => !expected.has(item)).map(item => `ours: ${item}`);
  const missing = theirs.filter(item => !known.has(item)).map(item => `hg:   ${item}`);
  if (surplus.length + missing.length > 0) assert.fail(`${what}:\n${[...surplus, ...missing].sort().join('\n')}`);
  assert.equal(ours.length, theirs.length, `${what}: a path is there more than once`);
}

function isInSubrepository({ input }: SettledStatus['snapshot'], at: BytePath): boolean {
  return [...input.rules.excluded].some(excluded => isAtOrBelow(at, excluded));
}

function problemOf(state: LiveHarness['state']): string {
  return 'problem' in state ? state.problem.message : '';
}

function isFirstIgnoreFile(root: string, file: string | undefined): boolean {
  return file === undefined || path.normalize(file) === path.join(root, '.hgignore');
}

function entryLine({ path: at, status, source }: StatusEntry): string {
  return line({ path: at, status: STATUS_LETTERS[status], ...(source !== undefined && { source }) });
}

function line({ path: at, status, source }: HgEntry): string {
  return `${status} ${JSON.stringify(at)}${source === undefined ? '' : ` <- ${JSON.stringify(source)}`}`;
}
