// Hints from a Watchman that runs already and watches the working copy. It is asked for events alone: nothing makes it
// watch a directory, write a file or run a program. Its own settings may leave directories out, and its events come
// some 20 ms late. So they are hints, and no answer is exact because of them.
import { connect, type Socket } from 'node:net';
import { bytePath, fromDisplay, ROOT_PATH, type BytePath } from '../../base/bytePath.ts';
import { errorMessage } from '../../base/errors.ts';
import type { Disposable } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/log.ts';
import { bserLength, decodeBser, encodeBser, type BserObject, type BserValue } from './bser.ts';

export interface WatchmanOptions {
  /** Absolute path of the working copy. */
  readonly root: string;
  /** See Backend.controlName: what happens below it is a hint of it. */
  readonly controlName: string;
  readonly logger: Logger;
  /** Returns the path of its socket; undefined if none is there. */
  readonly socket: () => string | undefined;
  /** Something may have happened at a path; at the root: anywhere. */
  readonly hint: (path: BytePath) => void;
}

/** After a failure it is not asked again for so long. */
const AGAIN_MS = 30_000;
/** All names of a large working copy, which come when Watchman has lost its own events. */
const MOST_MESSAGE_BYTES = 256 << 20;
/** So many names at once are a hint of the root. */
const MOST_NAMES = 10_000;
const SUBSCRIPTION = 'quicksilver';

export class WatchmanSource implements Disposable {
  readonly #options: WatchmanOptions;
  #socket: Socket | undefined;
  #received: Buffer[] = [];
  #length = 0;
  /** So many bytes must be there before it is worth looking for a message again. */
  #needed = 0;
  #answer: (answer: BserObject) => void = () => undefined;
  #isFollowing = false;
  #triedAt = -Infinity;
  #isDisposed = false;

  constructor(options: WatchmanOptions) {
    this.#options = options;
  }

  /** True while events of the whole working copy come. */
  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  /** Connects, unless it is connected or has failed a moment ago. */
  start(): void {
    const now = performance.now();
    if (this.#isDisposed || this.#socket !== undefined || now - this.#triedAt < AGAIN_MS) return;
    this.#triedAt = now;
    const address = this.#options.socket();
    if (address === undefined) return;
    const socket = (this.#socket = connect(address));
    // A process that waits for nothing else may end.
    socket.unref();
    socket.on('data', bytes => this.#take(bytes));
    socket.on('error', error => this.#end(errorMessage(error)));
    socket.on('close', () => this.#end('it has ended'));
    this.#follow().catch((error: unknown) => this.#end(errorMessage(error)));
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#end('');
  }

  /** Subscribes to what a watch that exists already reports. */
  async #follow(): Promise<void> {
    const path = fromDisplay(this.#options.root);
    const { roots } = await this.#ask(['watch-list']);
    const watched = texts(roots)
      .filter(each => path === each || path.startsWith(`${each}/`))
      .sort((a, b) => b.length - a.length)[0];
    if (watched === undefined) throw new Error('it does not watch this working copy');
    const { clock } = await this.#ask(['clock', watched]);
    if (typeof clock !== 'string') throw new Error('it has no clock');
    const below = path.slice(watched.length + 1);
    const how = { since: clock, fields: ['name'], ...(below !== '' && { relative_root: below }) };
    await this.#ask(['subscribe', watched, SUBSCRIPTION, how], () => this.#begin());
  }

  #begin(): void {
    this.#isFollowing = true;
    this.#options.logger.info('Watchman reports changes in directories without a watch.');
    // Something may have happened between the reading of directories and now.
    this.#options.hint(ROOT_PATH);
  }

  /**
   * Sends a command. Commands are answered in order, and one is asked at a time. After the end of the connection there
   * is no answer.
   * @param take called with the answer before the next message is taken
   */
  #ask(command: readonly BserValue[], take: () => void = () => undefined): Promise<BserObject> {
    return new Promise((resolve, reject) => {
      this.#answer = answer => {
        this.#answer = () => undefined;
        if (typeof answer['error'] === 'string') {
          reject(new Error(answer['error']));
          return;
        }
        take();
        resolve(answer);
      };
      this.#socket?.write(encodeBser(command));
    });
  }

  #take(bytes: Buffer): void {
    this.#received.push(bytes);
    this.#length += bytes.length;
    if (this.#length < this.#needed) return;
    let all = Buffer.concat(this.#received);
    this.#received = [];
    this.#length = this.#needed = 0;
    try {
      for (;;) {
        const length = bserLength(all, MOST_MESSAGE_BYTES) ?? Infinity;
        if (length > all.length) {
          // A long message comes in thousands of parts.
          this.#needed = Number.isFinite(length) ? length : 0;
          break;
        }
        const value = decodeBser(all.subarray(0, length));
        all = all.subarray(length);
        if (isObject(value)) this.#takeMessage(value);
        if (this.#socket === undefined) return;
      }
    } catch (error) {
      this.#end(errorMessage(error));
      return;
    }
    this.#received = [all];
    this.#length = all.length;
  }

  #takeMessage(message: BserObject): void {
    if (message['subscription'] !== SUBSCRIPTION) {
      this.#answer(message);
      return;
    }
    if (message['canceled'] === true) {
      this.#end('it no longer watches this working copy');
      return;
    }
    const { hint, controlName } = this.#options;
    const names = texts(message['files']);
    if (message['is_fresh_instance'] === true || names.length > MOST_NAMES) {
      hint(ROOT_PATH);
      return;
    }
    const hinted = new Set(names.map(name => (name.startsWith(`${controlName}/`) ? controlName : name)));
    for (const name of hinted) hint(bytePath(name));
  }

  #end(why: string): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#socket = undefined;
    socket.destroy();
    this.#received = [];
    this.#length = this.#needed = 0;
    this.#answer = () => undefined;
    const wasFollowing = this.#isFollowing;
    this.#isFollowing = false;
    if (this.#isDisposed) return;
    this.#options.logger.info(`Watchman is not asked for changes: ${why}.`);
    // Its last events may be lost.
    if (wasFollowing) this.#options.hint(ROOT_PATH);
  }
}

function isObject(value: BserValue): value is BserObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function texts(value: BserValue | undefined): string[] {
  return Array.isArray(value) ? (value as readonly BserValue[]).filter(each => typeof each === 'string') : [];
}
