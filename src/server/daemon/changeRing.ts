// The last paths at which something happened in a working copy, so that a client can ask for those since a token.
import type { BytePath } from '../../base/bytePath.ts';
import { DisposableStore, type Disposable } from '../../base/lifecycle.ts';
import type { SharedRepository } from '../hub.ts';

/** A token that is older than so many paths means everything. */
const MOST_PATHS = 16_384;
/** A client that is sent more paths would rather scan. */
const MOST_ANSWERED = 10_000;

let rings = 0;

/** Records the hints and changes of one repository from its creation on. */
export class ChangeRing implements Disposable {
  readonly #owned = new DisposableStore();
  /** Another one for each ring of this process: a token of another ring means everything. */
  readonly #name = String(++rings);
  readonly #serverId: string;
  readonly #controlName: string;
  #paths: BytePath[] = [];
  /** The number of the first path that is kept. Numbers count up from 0. */
  #first = 0;
  /** The number in the newest token. */
  #named = 0;

  constructor(serverId: string, { watcher, backend, onDidUpdate }: SharedRepository) {
    this.#serverId = serverId;
    this.#controlName = backend.controlName;
    this.#owned.add(watcher.onHint(path => this.#add(path)));
    // An audit may find what no event reported.
    this.#owned.add(
      onDidUpdate(({ changes }) => {
        for (const { path } of changes) this.#add(path);
      }),
    );
  }

  /** Names this moment. */
  takeToken(): string {
    this.#named = this.#first + this.#paths.length;
    return `qs1:${this.#serverId}:${this.#name}:${this.#named}`;
  }

  /** Returns the paths since a token, each once, in order; undefined if anything may have changed. */
  since(token: string): BytePath[] | undefined {
    const [version, serverId, name, number, ...rest] = token.split(':');
    const isOurs = version === 'qs1' && serverId === this.#serverId && name === this.#name && rest.length === 0;
    if (!isOurs || number === undefined || !/^\d{1,15}$/.test(number)) return undefined;
    const from = Number(number) - this.#first;
    if (from < 0 || from > this.#paths.length) return undefined;
    const paths = [...new Set(this.#paths.slice(from))].sort();
    return paths.length > MOST_ANSWERED ? undefined : paths;
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #add(path: BytePath): void {
    if (path === this.#controlName || path.startsWith(`${this.#controlName}/`)) return;
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
