// Small histories written by hand: trees of manifests, filelogs and a changelog.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { History } from '../../../../src/mercurial/history/history.ts';
import { openStore, type Store } from '../../../../src/mercurial/store/store.ts';
import { Vfs } from '../../../../src/files/vfs.ts';
import { makeRevlog, nodeOf, temporaryDirectory, writeRevlog, type Revision } from '../store/revlogWriter.ts';

const NULL = '0'.repeat(40);

export interface FixtureChangeset {
  readonly parents?: readonly [number, number?];
  /** Path to a letter that stands for the content; the same letter is the same file node. */
  readonly files: Readonly<Record<string, string>>;
  /** True for a manifest with full paths, in a repository that has trees by now. */
  readonly isFlat?: boolean;
  readonly branch?: string;
  readonly closes?: boolean;
}

export interface Fixture {
  readonly store: Store;
  readonly history: History;
  readonly hgDirectory: string;
  readonly nodes: readonly string[];
}

/** The node that a letter stands for. */
export function fileNode(letter: string): string {
  return nodeOf(Buffer.from(letter)).toString('hex');
}

export function makeHistory(
  context: { after(cleanUp: () => void): void },
  changesets: readonly FixtureChangeset[],
  isTree: boolean,
): Fixture {
  const hgDirectory = temporaryDirectory(context);
  const storeDirectory = path.join(hgDirectory, 'store');
  const revlogs = new Map<string, Revision[]>();
  const add = (name: string, text: string, parents: readonly number[] = []): string => {
    const revisions = revlogs.get(name) ?? [];
    revlogs.set(name, revisions);
    const bytes = Buffer.from(text, 'latin1');
    const known = revisions.findIndex(revision => name !== '00changelog' && revision.text.equals(bytes));
    if (known < 0) revisions.push({ text: bytes, p1: parents[0] ?? -1, p2: parents[1] ?? -1 });
    return makeRevlog(revisions).nodes.at(known)!.toString('hex');
  };
  const tree = (directory: string, files: readonly (readonly [string, string])[], isFlat: boolean): string => {
    const lines = new Map<string, string>();
    for (const [name, letter] of files) {
      const slash = name.indexOf('/');
      if (isFlat || slash < 0) {
        lines.set(name, `${fileNode(letter)}\n`);
        continue;
      }
      const below = name.slice(0, slash);
      const inside = files.filter(([other]) => other.startsWith(`${below}/`));
      const node = tree(
        directory === '' ? below : `${directory}/${below}`,
        inside.map(([other, content]) => [other.slice(slash + 1), content]),
        false,
      );
      lines.set(below, `${node}t\n`);
    }
    const text = [...lines]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, rest]) => `${name}\0${rest}`)
      .join('');
    return add(directory === '' ? '00manifest' : `meta/${directory}/00manifest`, text);
  };
  const nodes = changesets.map(({ parents, files, isFlat, branch, closes }, number) => {
    const extra = [...(branch === undefined ? [] : [`branch:${branch}`]), ...(closes === true ? ['close:1'] : [])].join(
      '\0',
    );
    const manifest = Object.keys(files).length === 0 ? NULL : tree('', Object.entries(files), isFlat ?? !isTree);
    const date = extra === '' ? '0 0' : `0 0 ${extra}`;
    const [p1 = number - 1, p2 = -1] = parents ?? [];
    return add('00changelog', `${manifest}\nme\n${date}\nfile\n\nchange ${number}`, [p1, p2]);
  });
  for (const [name, revisions] of revlogs) writeRevlog(storeDirectory, name, makeRevlog(revisions));
  fs.mkdirSync(storeDirectory, { recursive: true });
  const vfs = new Vfs();
  const requirements = new Set(['revlogv1', 'store', 'fncache', 'dotencode', ...(isTree ? ['treemanifest'] : [])]);
  const store = openStore({ vfs, storeDirectory, hgDirectory, requirements });
  const layout = { hgDirectory, storeDirectory, sharedSource: undefined, requirements, files: [] };
  const history = new History({ vfs, layout, store, parents: [nodes.at(-1) ?? NULL, NULL] });
  return { store, history, hgDirectory, nodes };
}
