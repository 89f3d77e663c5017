// A stat cache, an ignore matcher and a base revision made from lists, so that the engine can be tested without any
// version-control system.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { bytePath, compareBytes, joinPath, type BytePath } from '../../src/base/bytePath.ts';
import type { ContentSource, FileStat } from '../../src/base/fileStat.ts';
import {
  NO_NODE,
  type BaseFile,
  type BaseTree,
  type EntryKind,
  type FileSystemTraits,
  type NodeId,
  type StatCache,
  type StatColumns,
  type StatusInput,
  type StatVerdict,
} from '../../src/status/types.ts';

export interface FakeEntry {
  /** A byte string. */
  readonly path: string;
  /** 'tracked' if not given. */
  readonly kind?: EntryKind;
  /** Bytes; not given: the stat is never conclusive. */
  readonly size?: number;
  readonly executable?: boolean;
  /** Seconds; not given: equal stats are not conclusive either. */
  readonly mtime?: number;
  readonly source?: string;
}

interface FakeNode {
  readonly name: string;
  readonly path: BytePath;
  readonly entry: FakeEntry | undefined;
  firstChild: NodeId;
  childCount: number;
}

interface Draft {
  readonly children: Map<string, Draft>;
  entry: FakeEntry | undefined;
}

/** Flags of the columns: an entry; one that a stat can prove clean; an executable file. */
const ENTRY = 1;
const SURE = 2;
const EXECUTABLE = 4;

/** Compares as a dirstate does: size and execute bit first, then whole seconds of the modification time. */
export class FakeStatCache implements StatCache {
  readonly root: NodeId = 0;
  readonly entryCount: number;
  readonly #nodes: FakeNode[] = [];

  constructor(entries: readonly FakeEntry[]) {
    this.entryCount = entries.length;
    const top: Draft = { children: new Map(), entry: undefined };
    for (const entry of entries) {
      let at = top;
      for (const name of entry.path.split('/')) {
        let child = at.children.get(name);
        if (child === undefined) at.children.set(name, (child = { children: new Map(), entry: undefined }));
        at = child;
      }
      if (at.entry !== undefined) throw new Error(`${entry.path} is there twice`);
      at.entry = entry;
    }
    // Breadth first, so that the children of a node are contiguous.
    this.#nodes.push({ name: '', path: bytePath(''), entry: undefined, firstChild: 0, childCount: 0 });
    const drafts = [top];
    for (let id = 0; id < drafts.length; id++) {
      const node = this.#nodes[id]!;
      const children = [...drafts[id]!.children].sort(([a], [b]) => compareBytes(a, b));
      node.firstChild = drafts.length;
      node.childCount = children.length;
      for (const [name, draft] of children) {
        drafts.push(draft);
        const path = joinPath(node.path, name);
        this.#nodes.push({ name, path, entry: draft.entry, firstChild: 0, childCount: 0 });
      }
    }
  }

  get nodeCount(): number {
    return this.#nodes.length;
  }

  firstChild(node: NodeId): NodeId {
    return this.#nodes[node]!.firstChild;
  }

  childCount(node: NodeId): number {
    return this.#nodes[node]!.childCount;
  }

  name(node: NodeId): string {
    return this.#nodes[node]!.name;
  }

  path(node: NodeId): BytePath {
    return this.#nodes[node]!.path;
  }

  find(path: BytePath): NodeId {
    const node = this.#nodes.findIndex(candidate => candidate.path === path);
    return node < 0 ? NO_NODE : node;
  }

  kind(node: NodeId): EntryKind {
    const { entry } = this.#nodes[node]!;
    return entry === undefined ? 'none' : (entry.kind ?? 'tracked');
  }

  compareStat(node: NodeId, stat: FileStat): StatVerdict {
    const entry = this.#nodes[node]!.entry!;
    if (entry.size !== undefined) {
      if (stat.size !== entry.size) return stat.kind === 'symlink' ? 'unsure' : 'modified';
      if (stat.executable !== (entry.executable ?? false)) return 'modified';
    }
    return entry.mtime === stat.mtimeSeconds ? 'clean' : 'unsure';
  }

  copySource(node: NodeId): BytePath | undefined {
    const source = this.#nodes[node]!.entry?.source;
    return source === undefined ? undefined : bytePath(source);
  }

  get columns(): StatColumns {
    const nodes = this.#nodes;
    const paths = nodes.map(node => Buffer.from(node.path, 'latin1'));
    const offsets: number[] = [];
    let length = 0;
    for (const path of paths) length = offsets.push(length) && length + path.length;
    const entries = nodes.map(node => node.entry);
    return {
      names: Uint8Array.from(Buffer.concat(paths)),
      pathOffset: Uint32Array.from(offsets),
      pathLength: Uint16Array.from(paths, path => path.length),
      baseStart: Uint16Array.from(nodes, node => node.path.length - node.name.length),
      firstChild: Uint32Array.from(nodes, node => node.firstChild),
      childCount: Uint32Array.from(nodes, node => node.childCount),
      flags: Uint16Array.from(entries, entry => {
        if (entry === undefined) return 0;
        const isSure = (entry.kind ?? 'tracked') === 'tracked' && entry.size !== undefined && entry.mtime !== undefined;
        return ENTRY | (isSure ? SURE : 0) | (entry.executable === true ? EXECUTABLE : 0);
      }),
      size: Uint32Array.from(entries, entry => entry?.size ?? 0),
      mtimeSeconds: Uint32Array.from(entries, entry => entry?.mtime ?? 0),
      mtimeNanoseconds: new Uint32Array(nodes.length),
      doubtful: new Uint32Array(nodes.length),
      rule: { mask: ENTRY | SURE, value: ENTRY | SURE, executable: EXECUTABLE, entry: ENTRY },
    };
  }

  /** The recorded entries, by path. */
  entries(): Map<BytePath, FakeEntry> {
    return new Map(this.#nodes.flatMap(node => (node.entry === undefined ? [] : [[node.path, node.entry]])));
  }
}

export interface FakeBaseFile {
  readonly content: string;
  readonly kind?: BaseFile['kind'];
}

export function fakeBase(files: Readonly<Record<string, FakeBaseFile>>): BaseTree {
  return {
    find: path => {
      const file = files[path];
      if (file === undefined) return undefined;
      return {
        kind: file.kind ?? 'file',
        revision: `r:${file.content}`,
        matches: content => text(content) === file.content,
        content: () => Buffer.from(file.content, 'latin1'),
      };
    },
  };
}

export interface FakeInputOptions {
  readonly root: string;
  readonly entries?: readonly FakeEntry[];
  /** Base names and whole paths that are ignored, or a predicate. */
  readonly ignored?: readonly string[] | ((path: string) => boolean);
  readonly base?: Readonly<Record<string, FakeBaseFile>>;
  readonly excluded?: readonly string[];
  readonly traits?: FileSystemTraits;
  /** True for the rules of Git: no control directory has a status; one beside recorded paths makes no repository. */
  readonly isGit?: boolean;
}

/** Returns the input of a status of `root`; the control directory is '.hg'. */
export function fakeInput(options: FakeInputOptions): StatusInput {
  const ignored = options.ignored ?? [];
  const matches =
    typeof ignored === 'function'
      ? ignored
      : (path: string): boolean => ignored.includes(path) || ignored.includes(path.slice(path.lastIndexOf('/') + 1));
  return {
    root: options.root,
    statCache: new FakeStatCache(options.entries ?? []),
    ignore: { isEmpty: typeof ignored !== 'function' && ignored.length === 0, matches },
    base: fakeBase(options.base ?? {}),
    rules: {
      controlDirectory: '.hg',
      excluded: new Set((options.excluded ?? []).map(bytePath)),
      traits: options.traits ?? { executableBit: true, symlinks: true },
      isRepository:
        options.isGit === true ? at => fs.statSync(path.join(options.root, at, '.hg')).isDirectory() : undefined,
    },
  };
}

function text(content: ContentSource): string {
  let out = '';
  for (const chunk of content.chunks()) out += Buffer.from(chunk).toString('latin1');
  return out;
}
