// Sources of the lists of changesets: the engine, or hg for the changesets that a merge could be with.
import { env, workspace, type CancellationToken } from 'vscode';
import type { HgCall } from '../../hgCommand/hgCall.ts';
import { SearchHistory } from '../../server/historyProtocol.ts';
import type { ChangesetSummary } from '../../server/protocol.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { askHistory, askNamed } from '../engine/historyAnswers.ts';
import { HgClient, type HgRequest } from '../hg/hgClient.ts';
import { errorMessage } from '../../base/errors.ts';
import { isNullNode } from '../common/changesetIds.ts';
import type { HintSources } from '../repositories/hintSources.ts';
import type { OpenRepository } from '../repositories/openRepository.ts';
import type { Log } from '../common/display.ts';
import { changesetLine, type Clock } from '../model/changesetLine.ts';
import { mergeableRevset, wordsRevset } from './revsets.ts';

export interface NamedChangeset extends ChangesetSummary {
  readonly bookmarks: readonly string[];
  readonly tags: readonly string[];
  readonly phase: string;
}

export interface NamedChangesets {
  /** Where lines of work end, what has a name, and where the working copy is; the newest first. */
  readonly changesets: readonly NamedChangeset[];
  /** The newest open head of each branch, by the branch's name. */
  readonly tips: ReadonlyMap<string, string>;
}

/** Lists and finds changesets. Another history can take the place of this one. */
export interface ChangesetSource {
  named(): Promise<NamedChangesets>;
  /** Changesets whose texts contain all of the words, whatever their case; the newest first. */
  search(words: readonly string[], token: CancellationToken): Promise<readonly NamedChangeset[]>;
  /** Returns true for a changeset within the scope. */
  includes(node: string): Promise<boolean>;
}

export interface SourceContext {
  readonly client: EngineClient;
  readonly hints: HintSources;
  readonly log: Log;
}

/** Which changesets are meant: all, or only those that a merge of the working copy could be with. */
export type Scope = 'all' | 'mergeable';

/** More names than that are for typing. */
const MOST_NAMED = 500;
const MOST_FOUND = 50;

export async function changesetSource(
  context: SourceContext,
  repository: OpenRepository,
  scope: Scope,
): Promise<ChangesetSource> {
  const { client, log } = context;
  const canRunHg = workspace.isTrusted && (await client.findHg(false)).problem === '';
  const parents = parentsSource(client, repository);
  const ofHg = canRunHg ? eitherSource(hgSource(new HgClient(context), repository, scope), parents, log) : parents;
  // The engine does not know the changesets that a merge could be with, and no unsupported repositories.
  return canRunHg && scope === 'mergeable' ? ofHg : eitherSource(engineSource(client, repository), ofHg, log);
}

/** Takes the second source where the first one fails: a number or a hash can be typed all the same. */
function eitherSource(first: ChangesetSource, second: ChangesetSource, log: Log): ChangesetSource {
  const either = async <T>(one: Promise<T>, other: () => Promise<T>): Promise<T> => {
    try {
      return await one;
    } catch (error) {
      log.warn(`the list of changesets is short: ${errorMessage(error)}`);
      return other();
    }
  };
  return {
    named: async () => either(first.named(), () => second.named()),
    search: async (words, token) => {
      // A search that was given up has no failure to report.
      const found = first.search(words, token).catch((error: unknown) => {
        if (token.isCancellationRequested) return [];
        throw error;
      });
      return either<readonly NamedChangeset[]>(found, () => second.search(words, token));
    },
    includes: async node => either(first.includes(node), () => second.includes(node)),
  };
}

function hgSource(hg: HgClient, repository: OpenRepository, scope: Scope): ChangesetSource {
  const { head } = repository.model;
  const within = scope === 'mergeable' && head !== undefined ? mergeableRevset(head.branch) : undefined;
  const named = within === undefined ? 'head() or bookmark() or tag() or .' : `(head() or bookmark()) and ${within}`;
  return {
    named: async () => {
      interface Branch {
        readonly branch: string;
        readonly node: string;
      }
      const [changesets, branches] = await Promise.all([
        logOf({ hg }, repository, `sort(${named}, -rev)`, MOST_NAMED),
        hg.rows<Branch>(repository, { verb: 'branches' }, 'branch, node'),
      ]);
      return { changesets, tips: new Map(branches.map(({ branch, node }) => [branch, node])) };
    },
    search: async (words, token) => {
      const found = wordsRevset(words);
      const all = within === undefined ? found : `(${found}) and ${within}`;
      return logOf({ hg }, repository, `reverse(${all})`, MOST_FOUND, token);
    },
    includes: async node =>
      within === undefined ||
      (!isNullNode(node) && (await logOf({ hg }, repository, `${node} and ${within}`, 1)).length > 0),
  };
}

/** Where nothing else answers: the parents of the working copy. All others have to be typed. */
function parentsSource(client: EngineClient, { root }: OpenRepository): ChangesetSource {
  return {
    named: async () => {
      const parents = await client.parentSummaries(root);
      return { changesets: parents.map(withoutNames), tips: new Map() };
    },
    search: async () => Promise.resolve([]),
    includes: async () => Promise.resolve(true),
  };
}

/** The engine's own history: it answers in untrusted workspaces, too, and without a process. */
function engineSource(client: EngineClient, { root }: OpenRepository): ChangesetSource {
  return {
    named: async () => {
      const { changesets, tips } = await askNamed(client, root);
      return { changesets, tips: new Map(tips) };
    },
    search: async (words, token) => {
      const found: NamedChangeset[] = [];
      let from: number | undefined;
      while (found.length < MOST_FOUND && from !== END && !token.isCancellationRequested) {
        const limit = MOST_FOUND - found.length;
        const query = { root, words, limit, ...(from !== undefined && { from }) };
        const answer = await askHistory(client, SearchHistory, query, token);
        found.push(...answer.found);
        from = answer.next;
      }
      return found;
    },
    includes: async () => Promise.resolve(true),
  };
}

/** The search has seen all changesets. */
const END = -1;

export function withoutNames(changeset: ChangesetSummary): NamedChangeset {
  return { ...changeset, bookmarks: [], tags: [], phase: '' };
}

/** The changesets of a revset, with their names. */
export async function logOf(
  { hg }: { readonly hg: HgClient },
  repository: OpenRepository,
  revset: string,
  limit = MOST_NAMED,
  token?: CancellationToken,
): Promise<readonly NamedChangeset[]> {
  const call: HgCall & HgRequest = { verb: 'log', options: [['--rev', revset], `--limit=${limit}`] };
  return (await hg.rows<LoggedChangeset>(repository, call, CHANGESET_FIELDS, token)).map(toChangeset);
}

export const CHANGESET_FIELDS =
  'node, rev, branch, bookmarks, tags, phase, user=author, date=date|hgdate, summary=desc|firstline,' +
  ' closes=get(extras, "close")';

export interface LoggedChangeset {
  readonly node: string;
  readonly rev: number;
  readonly branch: string;
  readonly bookmarks: readonly string[];
  readonly tags: readonly string[];
  readonly phase: string;
  readonly user: string;
  readonly date: string;
  readonly summary: string;
  readonly closes: string | null;
}

export function toChangeset({ rev, date, closes, ...rest }: LoggedChangeset): NamedChangeset {
  const [time = 0, timezone = 0] = date.split(' ').map(Number);
  return { ...rest, revision: rev, time, timezone, closesBranch: closes !== null };
}

/** Returns summary (unless it is the label), author, age and branch, for the second line of an item. */
export function lineOf(changeset: ChangesetSummary, label: string): string {
  return changesetLine(changeset, clock(), label);
}

function clock(): Clock {
  return { now: Date.now() / 1000, language: env.language };
}
