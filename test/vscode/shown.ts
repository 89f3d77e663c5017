// What the extension shows of a repository, compared as a whole with what it should show, and a record of everything it
// has said on the way there.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { extensions, Uri, type Disposable, type ThemeColor } from 'vscode';
import type { QuicksilverExports, QuicksilverRepository } from '../../src/extension/api/api.ts';
import type { TestApi } from '../../src/extension/api/testDoor.ts';
import { until } from './harness.ts';

/** Control characters, and characters that change or hide others; none of them may be seen as such. */
export const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u200b]/;

/** A status as `hg status` writes it; 'A < source' is an added file that has a source. */
export type Mark = 'M' | 'A' | 'R' | '!' | '?' | 'I' | `A < ${string}`;

/** All files and ignored folders of a repository that are not clean, by path relative to its root. */
export type Marks = Readonly<Record<string, Mark>>;

interface Look {
  /** Of RepositoryEntry. */
  readonly status: string;
  /** Of the row, or undefined when there is none. */
  readonly contextValue?: string;
  readonly letter: string | undefined;
  readonly tooltip: string;
  readonly color: string;
}

const looks: Readonly<Record<string, Look>> = {
  M: look('modified', 'modified', 'M', 'Modified'),
  A: look('added', 'added', 'A', 'Added'),
  copied: { ...look('added', 'copied', 'A', 'Copied'), color: 'quicksilver.renamedResourceForeground' },
  renamed: { ...look('added', 'renamed', 'A', 'Renamed'), color: 'quicksilver.renamedResourceForeground' },
  R: look('removed', 'removed', 'R', 'Removed'),
  '!': { ...look('deleted', 'missing', '!', 'Missing'), color: 'quicksilver.missingResourceForeground' },
  '?': { ...look('unknown', 'untracked', '?', 'Untracked'), color: 'quicksilver.untrackedResourceForeground' },
  I: { status: 'ignored', letter: undefined, tooltip: 'Ignored', color: 'quicksilver.ignoredResourceForeground' },
};

function look(status: string, contextValue: string, letter: string, tooltip: string): Look {
  return { status, contextValue, letter, tooltip, color: `quicksilver.${status}ResourceForeground` };
}

/** The extension's API, when it has looked for repositories. */
export async function activeApi(): Promise<TestApi> {
  const extension = extensions.getExtension<QuicksilverExports>('quicksilver.quicksilver');
  assert.ok(extension, 'the extension is installed');
  const api = (await extension.activate()).getAPI(1) as TestApi;
  await api.initialized;
  return api;
}

/** The roots of the open repositories, relative to `folder`, sorted. */
export function openRoots(api: TestApi, folder: string): string[] {
  return api.repositories.map(({ rootUri }) => path.relative(folder, rootUri.fsPath) || '.').sort();
}

/** The repository at exactly this root, as soon as it is open. */
export async function repositoryAt(api: TestApi, root: string): Promise<QuicksilverRepository> {
  const find = (): QuicksilverRepository | undefined =>
    api.repositories.find(({ rootUri }) => rootUri.fsPath === Uri.file(root).fsPath);
  await until(`${root} is open`, () => find() !== undefined, api.onDidOpenRepository);
  const found = find();
  assert.ok(found);
  return found;
}

/**
 * Waits until the repository has exactly these files that are not clean, on this branch ('default (work)' with a
 * bookmark), then compares all that is shown: rows, decorations of each file on disk, badge and status bar.
 */
export async function assertShows(
  api: TestApi,
  repository: QuicksilverRepository,
  marks: Marks,
  head = 'default',
): Promise<void> {
  const entries = Object.fromEntries(Object.entries(marks).map(([name, mark]) => [name, lookOf(mark, marks).status]));
  try {
    await until(
      'the repository has the expected status',
      () => isDeepStrictEqual(statuses(repository), entries) && headText(repository) === head,
      repository.onDidChange,
    );
  } catch (error) {
    assert.deepEqual({ head: headText(repository), entries: statuses(repository) }, { head, entries });
    throw error;
  }
  await repository.settle();
  assert.deepEqual(pictureOf(api, repository), expectedPicture(repository, marks, head));
}

/** What an open repository has said since the record was begun. */
export interface Told {
  /** For each path, the statuses it was given one after the other, 'clean' when its entry was taken away. */
  readonly statuses: Readonly<Record<string, readonly string[]>>;
  /** Each different branch and bookmark, in order. */
  readonly heads: readonly string[];
  readonly states: readonly string[];
  /** The paths of which VS Code was told that they look different, each once, sorted; 'everything' for all. */
  readonly fired: readonly string[];
}

/** Keeps all that is said of a repository; `end` returns the record. */
export function beginRecord(api: TestApi, repository: QuicksilverRepository): { end(): Told } {
  const given: Record<string, string[]> = {};
  const heads: string[] = [];
  const states: string[] = [];
  const fired: string[] = [];
  const listeners: Disposable[] = [
    repository.onDidChange(({ reset, changed, cleared }) => {
      if (reset) (given['*'] ??= []).push('reset');
      for (const { path: name, status } of changed) (given[name] ??= []).push(status);
      for (const name of cleared) (given[name] ??= []).push('clean');
      if (heads.at(-1) !== headText(repository)) heads.push(headText(repository));
      if (states.at(-1) !== repository.state.kind) states.push(repository.state.kind);
    }),
    api.view.onDidChangeDecorations(uris => {
      if (uris === undefined) fired.push('everything');
      for (const uri of uris ?? []) fired.push(path.posix.relative(repository.rootUri.path, uri.path));
    }),
  ];
  return {
    end: () => {
      for (const listener of listeners) listener.dispose();
      return { statuses: given, heads, states, fired: [...new Set(fired)].sort() };
    },
  };
}

/** All rows, as "group: tooltip". */
export function rowTooltips(api: TestApi, root: Uri): string[] {
  return api.view
    .groups(root)
    .flatMap(({ id, resources }) => resources.map(({ decorations }) => `${id}: ${decorations?.tooltip ?? ''}`));
}

interface Picture {
  /** Those that have rows. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** Of each file and folder on disk, and of each that has a row: "letter tooltip color". */
  readonly decorations: Readonly<Record<string, string>>;
  readonly badge: number | undefined;
  readonly statusBar: string;
  readonly counts: Readonly<Record<string, number>>;
}

function pictureOf(api: TestApi, repository: QuicksilverRepository): Picture {
  const { rootUri } = repository;
  const groups: Record<string, string[]> = {};
  for (const { id, label, resources } of api.view.groups(rootUri)) {
    // The notice that commands cannot run is about no file.
    if (resources.length === 0 || label === 'Commands Unavailable') continue;
    const rows = resources.map(({ resourceUri, contextValue, decorations }) => {
      const struck = decorations?.strikeThrough === true ? ' struck' : '';
      const name = path.posix.relative(rootUri.path, resourceUri.path);
      return `${name}: ${contextValue ?? ''}, ${decorations?.tooltip ?? ''}${struck}`;
    });
    groups[`${id}: ${label}`] = rows.sort();
  }
  const decorations: Record<string, string> = {};
  for (const name of new Set([...namesOnDisk(rootUri.fsPath), ...repository.entries.keys()])) {
    const decoration = api.view.decoration(Uri.joinPath(rootUri, name));
    if (decoration === undefined) continue;
    const color = decoration.color as (ThemeColor & { readonly id: string }) | undefined;
    decorations[name] =
      `${decoration.badge ?? '-'} ${decoration.tooltip ?? ''} ${(color?.id ?? '').replace('quicksilver.withoutGit.', 'quicksilver.')}`;
  }
  const { modified, added, removed, deleted, unknown, ignored } = repository.counts;
  const counts = { modified, added, removed, deleted, unknown, ignored };
  const items = [api.view.statusBar(rootUri), api.view.changes(rootUri)];
  const statusBar = items.flatMap(item => item?.text ?? []).join(' · ');
  return { groups, decorations, badge: api.view.badge(rootUri), statusBar, counts };
}

function expectedPicture(repository: QuicksilverRepository, marks: Marks, head: string): Picture {
  const rows = { changes: [] as string[], untracked: [] as string[] };
  const counts: Record<string, number> = { modified: 0, added: 0, removed: 0, deleted: 0, unknown: 0, ignored: 0 };
  for (const [name, mark] of Object.entries(marks)) {
    const { status, contextValue, tooltip } = lookOf(mark, marks);
    counts[status] = (counts[status] ?? 0) + 1;
    if (contextValue === undefined) continue;
    if (mark === 'R' && Object.values(marks).includes(`A < ${name}`)) continue;
    const source = mark.startsWith('A < ') ? `: ${mark.slice('A < '.length)} → ${name}` : '';
    const struck = mark === 'R' || mark === '!' ? ' struck' : '';
    rows[mark === '?' ? 'untracked' : 'changes'].push(`${name}: ${contextValue}, ${tooltip}${source}${struck}`);
  }
  const decorations: Record<string, string> = {};
  const root = repository.rootUri.fsPath;
  for (const name of new Set([...namesOnDisk(root), ...Object.keys(marks)])) {
    const mark = marks[name] ?? (isBelowIgnored(name, marks) ? 'I' : undefined);
    if (mark === undefined) continue;
    const { letter, tooltip, color } = lookOf(mark, marks);
    decorations[name] = `${letter ?? '-'} ${tooltip} ${color}`;
  }
  const changes = rows.changes.length;
  return {
    groups: {
      ...(changes > 0 && { 'changes: Changes': rows.changes.sort() }),
      ...(rows.untracked.length > 0 && { 'untracked: Untracked': rows.untracked.sort() }),
    },
    decorations,
    badge: changes + rows.untracked.length,
    statusBar: `$(git-branch) ${head}${changes === 0 ? '' : ` · $(edit) ${changes}`}`,
    counts,
  };
}

function lookOf(mark: Mark, marks: Marks): Look {
  const source = mark.startsWith('A < ') ? marks[mark.slice('A < '.length)] : undefined;
  const isGone = source === 'R' || source === '!';
  const key = mark.startsWith('A < ') ? (isGone ? 'renamed' : 'copied') : mark;
  const found = looks[key];
  assert.ok(found, `${mark} is a mark`);
  return found;
}

function isBelowIgnored(name: string, marks: Marks): boolean {
  return Object.entries(marks).some(([folder, mark]) => mark === 'I' && name.startsWith(`${folder}/`));
}

/** Files and folders below `folder`, without Mercurial's own and without nested repositories. */
function namesOnDisk(folder: string): string[] {
  const names: string[] = [];
  const walk = (below: string): void => {
    for (const entry of fs.readdirSync(path.join(folder, below), { withFileTypes: true })) {
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.name === '.hg' || fs.existsSync(path.join(folder, name, '.hg'))) continue;
      names.push(name);
      if (entry.isDirectory()) walk(name);
    }
  };
  walk('');
  return names;
}

function statuses(repository: QuicksilverRepository): Record<string, string> {
  return Object.fromEntries([...repository.entries].map(([name, { status }]) => [name, status]));
}

function headText({ head }: QuicksilverRepository): string {
  if (head === undefined) return '';
  return head.bookmark === undefined ? head.branch : `${head.branch} (${head.bookmark})`;
}
