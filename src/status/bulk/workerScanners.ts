// Scans units in JavaScript threads, where there is no native code. When a thread dies, the caller scans its units. The
// next scan starts a new thread.
import * as os from 'node:os';
import type { Worker } from 'node:worker_threads';
import type { Disposable } from '../../base/lifecycle.ts';
import type { DecodeAccelerators } from '../../base/decodeAccelerators.ts';
import type { StatusInput, StatColumns } from '../types.ts';
import type { ScanPlan, Unit } from './plan.ts';
import type { UnitScanner, UnitScanners } from './scanners.ts';
import type { UnitWork } from './scanUnit.ts';
import type { UnitResult } from './unitResult.ts';

/** A message to a thread: a work (one scan of one repository) begins or ends, or a unit of a work must be scanned. */
export type ScannerMessage =
  | { readonly kind: 'begin'; readonly workId: number; readonly work: UnitWork }
  | { readonly kind: 'end'; readonly workId: number }
  | { readonly kind: 'unit'; readonly workId: number; readonly id: number; readonly unit: Unit };

/** From a thread. */
export type ScannerAnswer =
  { readonly id: number; readonly result: UnitResult } | { readonly id: number; readonly error: string };

interface Waiting {
  readonly resolve: (result: UnitResult) => void;
  readonly reject: (error: unknown) => void;
}

/** A third thread on two cores gains nothing; each costs some megabytes. */
const THREADS = Math.min(2, os.availableParallelism());

/** Threads have to be started for it, a tenth of a second each: less work than that is sooner done by one. */
const WORTH_NODES = 60_000;
/** The size of a stat cache from which threads are worth starting: about 100 bytes for each recorded name. */
const WORTH_BYTES = WORTH_NODES * 100;

export class WorkerScanners implements UnitScanners, Disposable {
  readonly worthNodes = WORTH_NODES;
  /** While the file is decoded, which takes one core, the threads are started. */
  readonly accelerators: DecodeAccelerators = {
    shared: true,
    expect: bytes => {
      if (bytes >= WORTH_BYTES) this.#startThreads();
    },
  };
  readonly #start: () => Worker;
  #threads: Thread[] = [];
  #nextWorkId = 0;

  /** @param start starts a thread that runs scannerMain.ts; they are kept until {@link dispose} */
  constructor(start: () => Worker) {
    this.#start = start;
  }

  prepare(input: StatusInput, columns: StatColumns, plan: ScanPlan): UnitScanner {
    this.#startThreads();
    const { nodes, parents, skip } = plan;
    const work: UnitWork = {
      root: input.root,
      control: input.rules.controlDirectory,
      nests: input.rules.isRepository === undefined,
      columns: sharedColumns(columns),
      plan: { nodes, parents, skip },
    };
    const threads = this.#threads;
    // Several repositories may be scanned at a time: each unit carries the id of its work.
    const workId = this.#nextWorkId++;
    for (const thread of threads) thread.post({ kind: 'begin', workId, work });
    return {
      // One that waits for each that is scanned, so that no thread is idle until its result was taken.
      parallel: threads.length * 2,
      scan: unit => threads.reduce((a, b) => (b.load < a.load ? b : a)).scan(workId, unit),
      release: () => {
        for (const thread of threads) thread.post({ kind: 'end', workId });
      },
    };
  }

  dispose(): void {
    for (const thread of this.#threads.splice(0)) thread.dispose();
  }

  #startThreads(): void {
    this.#threads = this.#threads.filter(thread => thread.isAlive);
    while (this.#threads.length < THREADS) this.#threads.push(new Thread(this.#start()));
  }
}

class Thread implements Disposable {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;
  #failure: Error | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.unref();
    worker.on('message', (answer: ScannerAnswer) => this.#answered(answer));
    worker.on('error', error => this.#died(error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', code => this.#died(new Error(`a scanner thread ended with code ${code}`)));
  }

  get isAlive(): boolean {
    return this.#failure === undefined;
  }

  /** Units that it was given and has not answered; one that died is the last choice. */
  get load(): number {
    return this.isAlive ? this.#waiting.size : Infinity;
  }

  post(message: ScannerMessage): void {
    this.#worker.postMessage(message);
  }

  scan(workId: number, unit: Unit): Promise<UnitResult> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const id = this.#nextId++;
    // While somebody waits, the process must not end.
    this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.post({ kind: 'unit', workId, id, unit });
    });
  }

  dispose(): void {
    this.#died(new Error('the scanner threads were stopped'));
    void this.#worker.terminate();
  }

  #answered(answer: ScannerAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ('error' in answer) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer.result);
  }

  #died(failure: Error): void {
    this.#failure ??= failure;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(this.#failure);
  }
}

/** The columns in memory that threads share; those that are there already are not copied. */
function sharedColumns(columns: StatColumns): StatColumns {
  return {
    names: sharedArray(columns.names, Uint8Array),
    pathOffset: sharedArray(columns.pathOffset, Uint32Array),
    pathLength: sharedArray(columns.pathLength, Uint16Array),
    baseStart: sharedArray(columns.baseStart, Uint16Array),
    firstChild: sharedArray(columns.firstChild, Uint32Array),
    childCount: sharedArray(columns.childCount, Uint32Array),
    flags: sharedArray(columns.flags, Uint16Array),
    size: sharedArray(columns.size, Uint32Array),
    mtimeSeconds: sharedArray(columns.mtimeSeconds, Uint32Array),
    mtimeNanoseconds: sharedArray(columns.mtimeNanoseconds, Uint32Array),
    doubtful: sharedArray(columns.doubtful, Uint32Array),
    ctimeSeconds: columns.ctimeSeconds && sharedArray(columns.ctimeSeconds, Uint32Array),
    inode: columns.inode && sharedArray(columns.inode, Uint32Array),
    rule: columns.rule,
  };
}

interface SharedArrayOf<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: SharedArrayBuffer, offset: number, length: number): T;
}

function sharedArray<T extends Uint8Array | Uint16Array | Uint32Array>(array: T, type: SharedArrayOf<T>): T {
  if (array.buffer instanceof SharedArrayBuffer) return new type(array.buffer, array.byteOffset, array.length);
  const copy = new type(new SharedArrayBuffer(array.byteLength), 0, array.length);
  copy.set(array);
  return copy;
}
