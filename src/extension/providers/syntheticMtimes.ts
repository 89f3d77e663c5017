// Modification times for versions of files, which have none. VS Code considers contents of equal size and time to be
// equal, and a time that goes backwards to be an error. So each new version behind a URI gets a later time than all
// before it.

/** URIs that are remembered. One that is forgotten begins anew, at the present. */
const MAX_REMEMBERED = 10_000;

export class VersionTimes {
  readonly #now: () => number;
  /** In order of first use. */
  readonly #known = new Map<string, { readonly node: string; readonly time: number }>();

  /** @param now milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The time of the version that the URI stands for now: the same as before, if it is the same version. */
  of(uri: string, node: string): number {
    const known = this.#known.get(uri);
    if (known?.node === node) return known.time;
    const time = known === undefined ? this.#now() : Math.max(this.#now(), known.time + 1);
    this.#known.set(uri, { node, time });
    const oldest = this.#known.keys().next();
    if (this.#known.size > MAX_REMEMBERED && oldest.done !== true) this.#known.delete(oldest.value);
    return time;
  }

  /** The URI stands for something else: whatever it is, its time is later. */
  advance(uri: string): void {
    const known = this.#known.get(uri);
    if (known !== undefined) {
      this.#known.set(uri, { node: 'changed', time: known.time });
    }
  }

  /** The URIs asked about, with the node that each stood for. */
  known(): [uri: string, node: string][] {
    return [...this.#known].map(([uri, { node }]) => [uri, node]);
  }
}
