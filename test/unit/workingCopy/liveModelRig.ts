// A live model on a real directory, with a repository, a watcher and a clock that do what the test says.
import * as path from 'node:path';
import type { TestContext } from 'node:test';
import { nextTurn } from '../../../src/base/async.ts';
import { bytePath, type BytePath } from '../../../src/base/bytePath.ts';
import type { QuicksilverError } from '../../../src/base/errors.ts';
import { Emitter } from '../../../src/base/lifecycle.ts';
import { STATUS_LETTERS } from '../../../src/server/statusLetters.ts';
import type { BulkOptions } from '../../../src/status/bulk/bulkScan.ts';
import type { Backend, Head, Lock, Snapshot } from '../../../src/workingCopy/backend.ts';
import { LiveModel } from '../../../src/workingCopy/liveModel.ts';
import { PUBLISH_PAUSE_MS } from '../../../src/workingCopy/publication.ts';
import type { ModelUpdate } from '../../../src/workingCopy/publisher.ts';
import type { TreeWatcher } from '../../../src/workingCopy/watch/treeWatcher.ts';
import { fakeInput, FakeStatCache, type FakeEntry, type FakeInputOptions } from '../../support/fakeStatCache.ts';
import { RecordingLogger } from '../../support/recordingLogger.ts';
import { temporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory.ts';

const HEAD: Head = {
  firstParent: '1'.repeat(40),
  secondParent: '0'.repeat(40),
  branch: 'default',
  bookmark: undefined,
  topic: undefined,
  operation: undefined,
};

/** What is recorded is what the test sets; a change is seen by the next load. */
export class FakeBackend implements Backend {
  readonly root: string;
  readonly controlName = '.hg';
  present = true;
  failure: QuicksilverError | undefined;
  lockState: Lock = 'free';
  /** Whether a command writes the history. */
  busy = false;
  loads = 0;
  rests = 0;
  /** Called while a snapshot is being read. */
  onLoad: () => void = () => undefined;
  #next: Snapshot;

  constructor(root: string, options: Omit<FakeInputOptions, 'root'>) {
    this.root = root;
    this.#next = { input: fakeInput({ root, ...options }), head: HEAD, warnings: [], files: [] };
  }

  /** Changes parts of what is recorded; the others stay the same objects. */
  set(changes: Omit<FakeInputOptions, 'root'> & { head?: Partial<Head>; warnings?: string[]; files?: string[] }): void {
    const { input, head, warnings, files } = this.#next;
    const made = fakeInput({ root: this.root, ...changes });
    const nextInput =
      (changes.entries ?? changes.ignored ?? changes.base ?? changes.excluded) === undefined
        ? input
        : {
            root: this.root,
            statCache: changes.entries === undefined ? input.statCache : made.statCache,
            ignore: changes.ignored === undefined ? input.ignore : made.ignore,
            base: changes.base === undefined ? input.base : made.base,
            rules: changes.excluded === undefined ? input.rules : made.rules,
          };
    this.#next = {
      input: nextInput,
      head: changes.head === undefined ? head : { ...head, ...changes.head },
      warnings: changes.warnings ?? warnings,
      files: changes.files?.map(file => path.join(this.root, file)) ?? files,
    };
  }

  exists(): boolean {
    return this.present;
  }

  load(previous: Snapshot | undefined): Snapshot {
    this.loads++;
    const { failure } = this;
    const { input, head, warnings, files } = this.#next;
    this.onLoad();
    if (failure !== undefined) throw failure;
    const same =
      previous?.input === input && previous.head === head && previous.warnings === warnings && previous.files === files;
    return same ? previous : { input, head, warnings, files };
  }

  isCurrent({ input }: Snapshot): boolean {
    return this.present && this.failure === undefined && input === this.#next.input;
  }

  changedPaths(from: Snapshot, to: Snapshot): BytePath[] {
    const before = entriesOf(from);
    const after = entriesOf(to);
    const all = new Set([...before.keys(), ...after.keys()]);
    return [...all].filter(at => JSON.stringify(before.get(at)) !== JSON.stringify(after.get(at)));
  }

  releaseCaches(): void {
    this.rests++;
  }

  lock(): Lock {
    return this.lockState;
  }

  isBusy(): boolean {
    return this.busy || this.lockState !== 'free';
  }

  controlDirectories(): readonly string[] {
    return [path.join(this.root, '.hg')];
  }

  isRelevant(_directory: string, name: string): boolean {
    return name === 'dirstate' || name === 'wlock';
  }
}

function entriesOf({ input: { statCache } }: Snapshot): Map<BytePath, FakeEntry> {
  if (!(statCache instanceof FakeStatCache)) throw new Error('not a snapshot of this backend');
  return statCache.entries();
}

/** Sees nothing by itself. */
export class FakeTreeWatcher implements TreeWatcher {
  /** Where something has happened of which the system tells only when it is asked. */
  undelivered: string[] = [];
  readonly directories = new Set<BytePath>();
  readonly complete = true;
  readonly #hints = new Emitter<BytePath>();
  readonly onHint = this.#hints.event;
  readonly onWatchChange = new Emitter<BytePath>().event;

  get watched(): number {
    return this.directories.size;
  }

  watch(at: BytePath): void {
    this.directories.add(at);
  }

  unwatch(at: BytePath): void {
    this.directories.delete(at);
  }

  unwatchBelow(): void {
    for (const at of this.directories) if (at !== '') this.directories.delete(at);
  }

  drain(): void {
    for (const at of this.undelivered.splice(0)) this.fire(at);
  }

  fire(at: string): void {
    this.#hints.fire(bytePath(at));
  }

  dispose(): void {
    this.directories.clear();
    this.#hints.dispose();
  }
}

export class LiveModelRig {
  readonly directory: TemporaryDirectory;
  readonly backend: FakeBackend;
  readonly watcher = new FakeTreeWatcher();
  readonly logger = new RecordingLogger();
  readonly model: LiveModel;
  /** The updates since they were taken last. */
  updates: ModelUpdate[] = [];
  /** What somebody knows who only ever applies updates. */
  readonly #told = new Map<BytePath, string>();
  readonly #context: TestContext;
  #now = 0;

  /** The model's clock stands still, and its timers wait, until {@link advance}. */
  constructor(
    t: TestContext,
    files: Readonly<Record<string, string>>,
    options: Omit<FakeInputOptions, 'root'> = {},
    auditMs = 0,
    bulk?: BulkOptions,
  ) {
    this.#context = t;
    t.mock.timers.enable({ apis: ['setTimeout'] });
    t.mock.method(performance, 'now', () => this.#now);
    this.directory = temporaryDirectory(t).files({ '.hg/dirstate': '', ...files });
    this.backend = new FakeBackend(this.directory.root, options);
    this.model = new LiveModel({ backend: this.backend, watcher: this.watcher, logger: this.logger, auditMs, bulk });
    t.after(() => this.model.dispose());
    this.model.onDidUpdate(update => {
      this.updates.push(update);
      if (update.reset) this.#told.clear();
      for (const { path: at, entry } of update.changes) {
        if (entry === undefined) this.#told.delete(at);
        else this.#told.set(at, `${STATUS_LETTERS[entry.status]} ${at}${entry.directory ? '/' : ''}`);
      }
    });
  }

  /** A rig whose first scan is done and told. */
  static async started(...args: ConstructorParameters<typeof LiveModelRig>): Promise<LiveModelRig> {
    const rig = new LiveModelRig(...args);
    rig.model.start();
    await rig.settle();
    rig.take();
    return rig;
  }

  get told(): string[] {
    return [...this.#told.values()].sort();
  }

  take(): ModelUpdate[] {
    return this.updates.splice(0);
  }

  /** As the model's own, but fails if that never ends. */
  async settle(): Promise<void> {
    let settled = false;
    void this.model.settle().then(() => (settled = true));
    await this.until(() => settled);
  }

  /** Waits until all is told, and answers the only update there was. */
  async only(): Promise<ModelUpdate> {
    await this.settle();
    const updates = this.take();
    if (updates.length !== 1) throw new Error(`${updates.length} updates: ${JSON.stringify(updates)}`);
    return updates[0]!;
  }

  /** Waits, and answers how many updates there were. */
  async settledUpdates(): Promise<number> {
    await this.settle();
    return this.take().length;
  }

  /** Something in the control directory changed, as the model itself will notice. */
  controlEvent(): void {
    this.directory.write('.hg/dirstate', String(this.backend.loads));
  }

  /** As if the control directory's watch had told of a change, without waiting for the operating system. */
  controlHint(): void {
    this.watcher.fire('.hg');
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
    this.#context.mock.timers.tick(milliseconds);
  }

  /** Lets so much time pass that the next change is told at once. */
  pause(): void {
    this.advance(PUBLISH_PAUSE_MS);
  }

  /** Lets the model and the operating system work until something is the case. */
  async until(condition: () => boolean): Promise<void> {
    const end = Date.now() + 60_000;
    while (!condition()) {
      if (Date.now() > end) throw new Error(`in vain: ${condition.toString()}`);
      await this.turn();
    }
  }

  turn(): Promise<void> {
    return nextTurn();
  }
}
