// Which repository a file belongs to: the deepest one whose root is above it. Works on the path parts of file URIs.

/** The path part of a file URI in one spelling: VS Code writes a drive's letter in either case. */
export function pathKey(uriPath: string): string {
  const lowered = /^\/[A-Z]:/.test(uriPath) ? `/${uriPath.charAt(1).toLowerCase()}${uriPath.slice(2)}` : uriPath;
  return lowered.length > 1 && lowered.endsWith('/') ? lowered.slice(0, -1) : lowered;
}

/** True if `key` is `folder` or lies below it. Both as {@link pathKey} gives them. */
export function isAtOrBelowKey(key: string, folder: string): boolean {
  return key === folder || key.startsWith(folder === '/' ? '/' : `${folder}/`);
}

export interface Located<T> {
  readonly value: T;
  /** '/'-separated; '' is the root itself. */
  readonly path: string;
}

export class RootMap<T> {
  readonly #roots = new Map<string, T>();
  /** Keys of folders that symbolic links lead to, and the keys that these have below a root. */
  readonly #aliases = new Map<string, string>();

  set(rootUriPath: string, value: T): void {
    this.#roots.set(pathKey(rootUriPath), value);
  }

  delete(rootUriPath: string): boolean {
    return this.#roots.delete(pathKey(rootUriPath));
  }

  get(rootUriPath: string): T | undefined {
    return this.#roots.get(pathKey(rootUriPath));
  }

  values(): Iterable<T> {
    return this.#roots.values();
  }

  /** Has a folder found below a root although its path does not begin so. Returns false if that is known. */
  setAlias(uriPath: string, target: string): boolean {
    const [key, targetKey] = [pathKey(uriPath), pathKey(target)];
    if (key === targetKey || this.#aliases.get(key) === targetKey) return false;
    this.#aliases.set(key, targetKey);
    return true;
  }

  clearAliases(): void {
    this.#aliases.clear();
  }

  /** The key of a file below a root that an alias leads to; undefined without one. */
  unaliased(key: string): string | undefined {
    if (this.#aliases.size === 0) return undefined;
    for (let at = key; at.length > 1; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
      const target = this.#aliases.get(at);
      if (target !== undefined) return target + key.slice(at.length);
    }
    return undefined;
  }

  /** The other keys of the file with this key. */
  aliasesOf(key: string): string[] {
    return [...this.#aliases].flatMap(([alias, target]) =>
      isAtOrBelowKey(key, target) ? [alias + key.slice(target.length)] : [],
    );
  }

  /** Costs one look-up per directory above the file. */
  locate(uriPath: string): Located<T> | undefined {
    const key = pathKey(uriPath);
    const unaliased = this.unaliased(key);
    return (unaliased === undefined ? undefined : this.#locate(unaliased)) ?? this.#locate(key);
  }

  #locate(key: string): Located<T> | undefined {
    let at = key;
    for (;;) {
      const value = this.#roots.get(at);
      if (value !== undefined) return { value, path: key.slice(at === '/' ? 1 : at.length + 1) };
      if (at === '/' || at === '') return undefined;
      at = at.slice(0, Math.max(1, at.lastIndexOf('/')));
      if (at === '/' && !key.startsWith('/')) return undefined;
    }
  }

  /** The deepest repository around the one with this root, and where in it that lies. */
  locateAround(rootUriPath: string): Located<T> | undefined {
    const key = pathKey(rootUriPath);
    const slash = key.lastIndexOf('/');
    const found = slash < 0 || key === '/' ? undefined : this.locate(key.slice(0, slash) || '/');
    const name = key.slice(slash + 1);
    return found && { value: found.value, path: found.path === '' ? name : `${found.path}/${name}` };
  }
}

/** Where an event below `.hg` points to: undefined if it is none. `parent` is the folder the `.hg` is in. */
export function controlDirectoryEvent(path: string): { readonly parent: string; readonly itself: boolean } | undefined {
  if (path === '.hg') return { parent: '', itself: true };
  if (path.startsWith('.hg/')) return { parent: '', itself: false };
  const at = path.indexOf('/.hg/');
  if (at >= 0) return { parent: path.slice(0, at), itself: false };
  return path.endsWith('/.hg') ? { parent: path.slice(0, -4), itself: true } : undefined;
}
