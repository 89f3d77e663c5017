// The last paths at which something happened in a working copy, so that a client can ask for those since a token.
import type { BytePath } from '../../base/bytePath.ts';
import { DisposableStore, type Disposable } from '../../base/lifecycle.ts';
import type { SharedRepository } from '../hub.ts';

/** A token that is older than so many paths means everything. */
const MOST_PATHS = 16_384;
/** All paths of an answer together have about so many bytes. */
const MOST_BYTES = 1 << 20;

let rings = 0;

export interface Changes {
  /** Names the moment after the last of the paths. */
  readonly token: string;
  /** True if there are more paths since the token. */
  readonly hasMore: boolean;
  readonly paths: readonly BytePath[];
}

/**
 * Records the hints and changes of one repository from its first token on. Also records each directory whose watch
 * begins or ends, because no hint reports what happened there without a watch.
 */
export class ChangeRing implements Disposable {
  readonly #owned = new DisposableStore();
  /** Another one for each ring of this process: a token of another ring means everything. */
  readonly #name = String(++rings);
  readonly #serverId: string;
  readonly #controlName: string;
  #paths: BytePath[] = [];
  /** The number of the first path that is kept. Numbers count up from 0. */
  #first = 0;
  /** The number in the newest token. Before there is one, and after a drop, no path is of use. */
  #named = -1;

  constructor(serverId: string, { watcher, backend, onDidUpdate }: SharedRepository) {
    this.#serverId = serverId;
    this.#controlName = backend.controlName;
    this.#owned.add(watcher.onHint(path => this.#add(path)));
    this.#owned.add(watcher.onWatchChange(path => this.#add(path)));
    // An audit may find what no event reported.
    this.#owned.add(
      onDidUpdate(({ changes }) => {
        for (const { path } of changes) this.#add(path);
      }),
    );
  }

  /** Names this moment. */
  takeToken(): string {
    return this.#tokenAt(this.#first + this.#paths.length);
  }

  /**
   * Returns the paths since a token, each once, in order; undefined if anything may have changed.
   * @param most if there are more paths, the answer has the oldest ones, and a token for the rest
   */
  since(token: string, most: number): Changes | undefined {
    const from = this.#position(token);
    if (from === undefined) return undefined;
    const paths = new Set<BytePath>();
    let bytes = 0;
    let end = from;
    for (; end < this.#paths.length && paths.size < most && bytes < MOST_BYTES; end++) {
      const path = this.#paths[end]!;
      if (paths.has(path)) continue;
      paths.add(path);
      bytes += path.length;
    }
    const hasMore = end < this.#paths.length;
    return { token: this.#tokenAt(this.#first + end), hasMore, paths: [...paths].sort() };
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #tokenAt(number: number): string {
    this.#named = Math.max(this.#named, number);
    return `qs1:${this.#serverId}:${this.#name}:${number}`;
  }

  /** The index of the first path after a token; undefined for a token of another ring, or a forgotten one. */
  #position(token: string): number | undefined {
    const [version, serverId, name, number, ...rest] = token.split(':');
    const isOurs = version === 'qs1' && serverId === this.#serverId && name === this.#name && rest.length === 0;
    if (!isOurs || number === undefined || !/^\d{1,15}$/.test(number)) return undefined;
    const from = Number(number) - this.#first;
    return from < 0 || from > this.#paths.length ? undefined : from;
  }

  #add(path: BytePath): void {
    if (path === this.#controlName || path.startsWith(`${this.#controlName}/`)) return;
    if (this.#named < this.#first) return;
    // The root itself means that events were lost.
    if (path === '') this.#drop(this.#paths.length + 1);
    // A repeated path is left out, unless a token lies in between.
    else if (this.#paths.at(-1) !== path || this.#named === this.#first + this.#paths.length) this.#paths.push(path);
    if (this.#paths.length > 2 * MOST_PATHS) this.#drop(this.#paths.length - MOST_PATHS);
  }

  /** Forgets the oldest paths. One more than there are makes the token of this moment void, too. */
  #drop(count: number): void {
    this.#first += count;
    this.#paths = this.#paths.slice(count);
  }
}
