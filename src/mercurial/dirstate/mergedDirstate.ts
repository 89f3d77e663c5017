// Two dirstates of one working copy as one: that of Mercurial, and the second one of its extension largefiles.
import { bytePath, toDisplay, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { decodeV1 } from './decodeV1.ts';
import { Dirstate } from './dirstate.ts';
import { P1_TRACKED, WDIR_TRACKED } from './nodeTable.ts';

/** An entry to take over: node of a dirstate, or, without one, a tracked file of which nothing else is known. */
interface Source {
  readonly dirstate: Dirstate | undefined;
  readonly node: number;
}

const ENTRY_BYTES = 17;
const HEADER_BYTES = 40;

/**
 * Returns the entries of both. Leaves out those of `main` at and below `hidden`. Where both have a path, a tracked
 * entry wins over a removed one, and else that of `main`. `hg status` combines its two lists in this way. Throws
 * 'unsupported' if both track a path: `hg` then lists it twice.
 * @param large undefined if there is no second dirstate; every hidden entry that is tracked then counts as one of it
 * @param identity of both files
 */
export function mergedDirstate(
  main: Dirstate,
  large: Dirstate | undefined,
  hidden: string,
  identity: Dirstate['identity'],
): Dirstate {
  const entries = new Map<BytePath, Source>();
  const prefix = `${hidden}/`;
  for (const node of main.entries()) {
    const path = main.path(node);
    if (!path.startsWith(prefix)) entries.set(path, { dirstate: main, node });
  }
  for (const node of large?.entries() ?? []) {
    const path = large!.path(node);
    const own = entries.get(path);
    const isTracked = large!.isTracked(node);
    if (own !== undefined && isTracked && main.isTracked(own.node)) {
      const name = toDisplay(path);
      throw new QuicksilverError('unsupported', `${name} is recorded twice, as a large and as an ordinary file.`);
    }
    if (own === undefined || isTracked) entries.set(path, { dirstate: large, node });
  }
  for (const node of main.entries()) {
    const path = main.path(node);
    if (!path.startsWith(prefix)) continue;
    // A recorded stand-in whose file the second dirstate lacks: the file counts as missing, or is compared.
    const file = bytePath(path.slice(prefix.length));
    const isDue = large === undefined ? main.isTracked(node) : isInParent(main, node) && large.find(file) < 0;
    if (isDue && !entries.has(file)) entries.set(file, { dirstate: undefined, node: -1 });
  }
  return build(main, entries, identity, path => standinSource(main, large, path, prefix));
}

function isInParent(dirstate: Dirstate, node: number): boolean {
  return (dirstate.table.flags[node]! & P1_TRACKED) !== 0;
}

/** Lets the decoder of version 1 make the tree of names, and then copies the fields. */
function build(
  main: Dirstate,
  entries: ReadonlyMap<BytePath, Source>,
  identity: Dirstate['identity'],
  sourceOf: (path: BytePath) => string | undefined,
): Dirstate {
  const pieces: Buffer[] = [Buffer.alloc(HEADER_BYTES)];
  for (const [path, { dirstate, node }] of entries) {
    const source = dirstate === main ? recordedSource(dirstate, node) : sourceOf(path);
    const names = Buffer.from(source === undefined ? path : `${path}\0${source}`, 'latin1');
    const header = Buffer.alloc(ENTRY_BYTES);
    header.write('n', 'latin1');
    header.writeInt32BE(-1, 5);
    header.writeInt32BE(-1, 9);
    header.writeInt32BE(names.length, 13);
    pieces.push(header, names);
  }
  const table = decodeV1(Buffer.concat(pieces), { file: 'dirstate', windowsNames: false });
  const merged = new Dirstate({ ...table, sourceOffset: undefined }, { ...headerOf(main), identity });
  for (const [path, { dirstate, node }] of entries) {
    const at = merged.find(path);
    table.flags[at] = dirstate?.table.flags[node] ?? WDIR_TRACKED | P1_TRACKED;
    table.size[at] = dirstate?.table.size[node] ?? 0;
    table.mtimeSeconds[at] = dirstate?.table.mtimeSeconds[node] ?? 0;
    table.mtimeNanoseconds[at] = dirstate?.table.mtimeNanoseconds[node] ?? 0;
  }
  return merged;
}

function headerOf(main: Dirstate): ConstructorParameters<typeof Dirstate>[1] {
  const { p1, p2, format, traits, showsCopies, identity } = main;
  return { p1, p2, format, traits, identity, parentExists: showsCopies };
}

/** The source of a large file that was added: it is recorded for the stand-in. */
function standinSource(
  main: Dirstate,
  large: Dirstate | undefined,
  path: BytePath,
  prefix: string,
): string | undefined {
  const own = large?.find(path) ?? -1;
  if (own < 0 || large?.kind(own) !== 'added') return undefined;
  const standin = main.find(bytePath(`${prefix}${path}`));
  const source = standin < 0 ? undefined : recordedSource(main, standin);
  return source?.startsWith(prefix) === true ? source.slice(prefix.length) : source;
}

/** The recorded source, whether it is shown or not. */
function recordedSource(dirstate: Dirstate, node: number): string | undefined {
  const { bytes, copyOffset, copyLength } = dirstate.table;
  const offset = copyOffset[node]!;
  return offset === 0 ? undefined : bytes.toString('latin1', offset, offset + copyLength[node]!);
}
