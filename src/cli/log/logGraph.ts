// `quicksilver log --graph`: changesets beside a drawing of their graph.
import type { ChangesetLog } from '../../backends/mercurial/commandLine/changesetLog.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { CommandIo } from '../io.ts';
import { isPlain } from '../plain.ts';
import type { Candidate } from './candidates.ts';
import { DEFAULT_STYLES, GraphDrawing, PLAIN_STYLES, type DrawnEdge } from './graphDrawing.ts';

/** Settings that change the drawing in ways that are not known here. */
const UNSUPPORTED: readonly (readonly [section: string, name: string])[] = [
  ['command-templates', 'graphnode'],
  ['ui', 'graphnodetemplate'],
  ['experimental', 'graphshorten'],
  ['experimental', 'log.topo'],
  ...(['parent', 'grandparent', 'missing'] as const).map(kind => ['experimental', `graphstyle.${kind}`] as const),
];

/** Changesets after which others may have their turn. */
const TURN = 1000;

/**
 * Writes the changesets, the newest first.
 *
 * @param changesets in this order
 * @param textOf takes a changeset, and the columns that the drawing takes
 * @throws 'unsupported' for settings that change the drawing
 */
export async function writeGraph(
  changesets: Iterable<Candidate>,
  model: ChangesetLog,
  textOf: (candidate: Candidate, indent: number) => string,
  io: CommandIo,
): Promise<void> {
  const isScript = isPlain(io, 'graph');
  for (const [section, name] of UNSUPPORTED) {
    if (isScript || model.config.get(section, name) === undefined) continue;
    throw new QuicksilverError('unsupported', `The setting ${section}.${name} is not supported for graphs.`);
  }
  const candidates = [...changesets];
  const edgesOf = shownEdges(
    candidates.map(({ changeset }) => changeset),
    model.parents,
  );
  const drawing = new GraphDrawing(isScript ? PLAIN_STYLES : DEFAULT_STYLES);
  for (const [index, candidate] of candidates.entries()) {
    const { changeset } = candidate;
    const node = { revision: changeset, symbol: model.graphSymbol(changeset), edges: edgesOf(changeset) };
    const drawn = drawing.draw(node, indent => {
      const lines = textOf(candidate, indent).split('\n');
      return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
    });
    io.stdout.write(drawn);
    if (index % TURN === TURN - 1) await Promise.resolve();
  }
}

const NONE: readonly number[] = [];
/** Ancestors that are noted for all changesets that are left out: a crafted graph could have their number squared. */
const MAX_NOTED = 1 << 24;

/**
 * Returns a function for the edges of a changeset that is shown. They lead to its parents in ascending order, and past
 * parents that are not shown to the nearest ancestors that are.
 *
 * @param parents two for each changeset, -1 for none
 */
function shownEdges(shown: readonly number[], parents: Int32Array): (revision: number) => DrawnEdge[] {
  const isShown = new Set(shown);
  const parentsOf = (revision: number): number[] => {
    const all = [parents[revision * 2]!, parents[revision * 2 + 1]!].filter(parent => parent >= 0);
    return [...new Set(all)];
  };
  const nearest = nearestShown(shown, isShown, parentsOf);
  return revision => {
    const own = parentsOf(revision);
    const direct = own.filter(parent => isShown.has(parent)).sort((a, b) => a - b);
    const edges = direct.map((to): DrawnEdge => ({ to, kind: 'parent' }));
    const found = new Set(direct);
    for (const parent of own) {
      if (isShown.has(parent)) continue;
      const ancestors = nearest(parent);
      if (ancestors.length === 0) edges.push({ to: parent, kind: 'missing' });
      for (const to of ancestors) {
        if (!found.has(to)) edges.push({ to, kind: 'ancestor' });
        found.add(to);
      }
    }
    return edges;
  };
}

/** Returns a function for the nearest shown ancestors of a changeset that is not shown, in ascending order. */
function nearestShown(
  shown: readonly number[],
  isShown: ReadonlySet<number>,
  parentsOf: (revision: number) => readonly number[],
): (revision: number) => readonly number[] {
  const [highest, lowest] = [shown[0] ?? -1, shown.at(-1) ?? 0];
  /** Only of changesets that have some. Arrays are shared along a line of them. */
  const found = new Map<number, readonly number[]>();
  let noted = 0;
  const gaps = highest - lowest + 1 > shown.length;
  for (let revision = lowest + 1; gaps && revision < highest; revision++) {
    if (isShown.has(revision)) continue;
    const [first = NONE, second = NONE] = parentsOf(revision).map(parent =>
      isShown.has(parent) ? [parent] : (found.get(parent) ?? NONE),
    );
    const all = second.length === 0 || first === second ? first : first.length === 0 ? second : [...first, ...second];
    if (all.length === 0) continue;
    const isShared = all === first || all === second;
    found.set(revision, isShared ? all : sorted(all));
    noted += isShared ? 0 : all.length;
    if (noted > MAX_NOTED) throw new QuicksilverError('unsupported', 'This graph leaves too many merges out.');
  }
  return revision => found.get(revision) ?? NONE;
}

function sorted(revisions: readonly number[]): number[] {
  return [...new Set(revisions)].sort((a, b) => a - b);
}
