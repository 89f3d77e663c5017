// A long working session: file events without end, hg commands in between. What is told must stay hg's answer; memory,
// watches and descriptors must stay what they were.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { nextTurn } from '../../src/base/async.ts';
import { HgSandbox } from '../support/hgSandbox.ts';
import { HgServer } from '../support/hgServer.ts';
import { LiveHarness } from '../support/liveHarness.ts';
import { Random } from '../support/random.ts';
import { RecordingLogger } from '../support/recordingLogger.ts';

export interface SoakOptions {
  /** File operations; each makes one event of the operating system at least. */
  readonly events: number;
  readonly seed: number;
  /** Collects garbage, so that what is measured is what is held. */
  readonly gc: () => void;
  readonly say: (text: string) => void;
}

/** What the process holds at one moment; bytes. */
export interface Holdings {
  readonly heapAndBuffers: number;
  readonly resident: number;
  readonly descriptors: number;
  /** Directories watched by the operating system. */
  readonly watches: number;
}

export interface SoakFigures {
  readonly operations: number;
  readonly commands: number;
  readonly comparisons: number;
  readonly seconds: number;
  /** After the warming up, and the highest after that. */
  readonly first: Holdings;
  readonly highest: Holdings;
  readonly last: Holdings;
}

/**
 * What is held may grow by this much over a whole session, however long: what the caches of manifests (64 MiB) and of file
 * histories (16 MiB) may hold, which fill with the commits that are made, and as much again as the latter for the rest.
 */
export const GROWTH_LIMITS = { heapAndBuffers: 96 << 20, resident: 192 << 20 } as const;
/** As above, of a session with fewer than {@link SHORT_EVENTS} operations, whose few commits do not fill the caches. */
const SHORT_LIMITS = { heapAndBuffers: 8 << 20, resident: 96 << 20 } as const;
const SHORT_EVENTS = 50_000;

const DIRECTORIES = 60;
const FILES_PER_DIRECTORY = 25;
/** Operations between two looks at what was told. */
const ROUND = 400;
/** Rounds between two hg commands, and between two comparisons with hg. */
const ROUNDS_PER_COMMAND = 4;
const ROUNDS_PER_COMPARISON = 10;
/** Part of the session after which caches are full and code is compiled. */
const WARM_UP = 0.25;
const FIRST_TIME = 1_400_000_000;

/** Runs a session. Throws an AssertionError where something is not as it should be. */
export async function soak({ events, seed, gc, say }: SoakOptions): Promise<SoakFigures> {
  const sandbox = new HgSandbox();
  const random = new Random(seed);
  const root = makeRepository(sandbox);
  const hg = new HgServer(undefined);
  const logger = new RecordingLogger();
  const before = openDescriptors();
  const live = new LiveHarness(root, { logger });
  const files = new Files(root, random);
  const started = performance.now();
  const context = (): string => `seed ${seed}, operation ${files.operations}`;
  let commands = 0;
  let comparisons = 0;
  let first: Holdings | undefined;
  let highest: Holdings | undefined;
  let last: Holdings | undefined;
  try {
    await live.quiet();
    for (let round = 1; files.operations < events; round++) {
      for (let i = 0; i < ROUND; i++) files.change();
      if (round % ROUNDS_PER_COMMAND === 0) commands += await someCommands(hg, root, random);
      await live.quiet();
      if (round % ROUNDS_PER_COMPARISON !== 0 && files.operations < events) continue;
      live.assertSameAsHg(context);
      comparisons++;
      // Twice, because buffers go when the turn in which their objects went is over.
      gc();
      await nextTurn();
      gc();
      const now = holdings();
      assert.ok(now.watches <= live.model.watched.directories + OTHER_WATCHES, `${now.watches} watches; ${context()}`);
      last = now;
      say(`${files.operations} operations, ${commands} commands: ${describe(now)}`);
      if (files.operations < events * WARM_UP) continue;
      first ??= now;
      highest = highestOf(highest ?? now, now);
    }
    assert.ok(first && highest && last);
    for (const key of ['heapAndBuffers', 'resident'] as const) {
      const growth = highest[key] - first[key];
      const limits = events < SHORT_EVENTS ? SHORT_LIMITS : GROWTH_LIMITS;
      assert.ok(growth <= limits[key], `${key} grew by ${megabytes(growth)}`);
    }
    assert.deepEqual(
      logger.lines.filter(line => /^(?:error|warn): /.test(line)),
      [],
    );
  } finally {
    live.dispose();
    await hg.close();
    sandbox.dispose();
  }
  assert.equal(countOf('FSEvent'), 0, 'no watch is left');
  assert.ok(openDescriptors() <= before + 1, 'no descriptor is left but that of all watches together');
  const seconds = (performance.now() - started) / 1000;
  return { operations: files.operations, commands, comparisons, seconds, first, highest, last };
}

export function describe({ heapAndBuffers, resident, descriptors, watches }: Holdings): string {
  const memory = `${megabytes(heapAndBuffers)} in heap and buffers, ${megabytes(resident)} resident`;
  return `${memory}, ${descriptors} descriptors, ${watches} watches`;
}

/** Of the state in `.hg`, of the configuration, and of the harness. */
const OTHER_WATCHES = 12;

function megabytes(bytes: number): string {
  return `${(bytes / (1 << 20)).toFixed(1)} MB`;
}

function makeRepository(sandbox: HgSandbox): string {
  sandbox.hg('.', ['init', 'repository']);
  for (let d = 0; d < DIRECTORIES; d++) {
    for (let f = 0; f < FILES_PER_DIRECTORY; f++)
      sandbox.write('repository', `${directoryName(d)}/file-${f}`, `${d} ${f}\n`);
  }
  sandbox.write('repository', '.hgignore', 'syntax: glob\n*.o\nbuild\n');
  sandbox.hg('repository', ['commit', '-qAm', 'first']);
  sandbox.hg('repository', ['status']);
  return sandbox.path('repository');
}

function directoryName(number: number): string {
  return number % 3 === 0 ? `top-${number}` : `top-${number - (number % 3)}/sub-${number}`;
}

/** Does to files what editors, builds and people do, within a working copy whose size stays about the same. */
class Files {
  operations = 0;
  readonly #root: string;
  readonly #random: Random;

  constructor(root: string, random: Random) {
    this.#root = root;
    this.#random = random;
  }

  change(): void {
    this.operations++;
    const random = this.#random;
    const directory = path.join(this.#root, directoryName(random.below(DIRECTORIES)));
    const file = path.join(directory, `file-${random.below(FILES_PER_DIRECTORY)}`);
    const kind = random.below(20);
    if (kind < 9) this.#write(file);
    else if (kind < 11) fs.rmSync(file, { force: true, recursive: true });
    else if (kind < 13) this.#write(path.join(directory, `new-${random.below(5)}`));
    else if (kind < 14) fs.rmSync(path.join(directory, `new-${random.below(5)}`), { force: true });
    else if (kind < 15) this.#write(path.join(directory, `out-${random.below(5)}.o`));
    else if (kind < 16) this.#write(path.join(directory, 'build', `out-${random.below(5)}`));
    else if (kind < 17) fs.rmSync(path.join(directory, 'build'), { recursive: true, force: true });
    else if (kind < 18) this.#replace(file);
    else if (kind < 19) this.#rename(path.join(directory, `moved-${random.below(3)}`));
    else if (fs.existsSync(file)) fs.chmodSync(file, random.chance(0.5) ? 0o755 : 0o644);
  }

  #write(file: string): void {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `${this.#random.below(1000)}\n`);
    // Each change at another second: of those within one, hg itself does not see all.
    const time = FIRST_TIME + this.operations;
    fs.utimesSync(file, time, time);
  }

  /** As editors save. */
  #replace(file: string): void {
    this.#write(`${file}.tmp`);
    fs.renameSync(`${file}.tmp`, file);
  }

  /** A directory made with what is in it, and moved; or moved away. */
  #rename(directory: string): void {
    if (fs.existsSync(directory)) {
      fs.rmSync(directory, { recursive: true });
      return;
    }
    this.#write(path.join(`${directory}.begun`, 'inner', 'file'));
    fs.renameSync(`${directory}.begun`, directory);
  }
}

/** Answers how many there were. */
async function someCommands(hg: HgServer, root: string, random: Random): Promise<number> {
  const commands = random.pick([
    [
      ['addremove', '-q', '--similarity', '0'],
      ['commit', '-q', '-m', 'work'],
    ],
    [['revert', '-q', '--all', '--no-backup']],
    [['update', '-q', '--clean', '.']],
    [
      ['commit', '-q', '-m', 'work'],
      ['update', '-q', '--clean', '.^'],
      ['update', '-q', '--clean', 'tip'],
    ],
    [
      ['add', '-q', '.'],
      ['forget', '-q', 'glob:**/new-1'],
    ],
    [['purge', '-q', '--config', 'extensions.purge=']],
  ]);
  for (const command of commands) await hg.run('-R', root, '--cwd', root, ...command);
  return commands.length;
}

function holdings(): Holdings {
  const { heapUsed, external, rss } = process.memoryUsage();
  return {
    heapAndBuffers: heapUsed + external,
    resident: rss,
    descriptors: openDescriptors(),
    watches: process.platform === 'linux' ? systemWatches() : countOf('FSEvent'),
  };
}

function highestOf(a: Holdings, b: Holdings): Holdings {
  return {
    heapAndBuffers: Math.max(a.heapAndBuffers, b.heapAndBuffers),
    resident: Math.max(a.resident, b.resident),
    descriptors: Math.max(a.descriptors, b.descriptors),
    watches: Math.max(a.watches, b.watches),
  };
}

/** What Node waits for, of one kind. */
function countOf(kind: string): number {
  return process.getActiveResourcesInfo().filter(name => name.startsWith(kind)).length;
}

function openDescriptors(): number {
  return process.platform === 'linux' ? fs.readdirSync('/proc/self/fd').length : 0;
}

/** As the system itself counts them: a watch that Node has forgotten would be among them. */
function systemWatches(): number {
  let count = 0;
  for (const name of fs.readdirSync('/proc/self/fdinfo')) {
    const file = `/proc/self/fdinfo/${name}`;
    // The one that the listing itself was read through is gone.
    if (!fs.existsSync(file)) continue;
    count += fs
      .readFileSync(file, 'latin1')
      .split('\n')
      .filter(line => line.startsWith('inotify ')).length;
  }
  return count;
}
