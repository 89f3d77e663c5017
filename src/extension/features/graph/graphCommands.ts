// The commands of the graph.
import { CancellationTokenSource, commands, env, l10n, workspace, type CancellationToken } from 'vscode';
import type { HgCall } from '../../../hgCommand/hgCall.ts';
import { ReadChangeset, type GraphFilter } from '../../../server/historyProtocol.ts';
import { shortNode } from '../../common/changesetIds.ts';
import { input, notify, openDiffs, pick, type PickItem } from '../../common/display.ts';
import { askHistory, askNamed } from '../../engine/historyAnswers.ts';
import type { HgCommandRun, HgContext } from '../../hg/commandContext.ts';
import { versionUri } from '../../providers/contentUris.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import { fileUri } from '../../common/uris.ts';
import { exchangeCommands } from '../exchange/exchangeCommands.ts';
import { bookmarkTagCommands } from '../update/bookmarkTagCommands.ts';
import { updateCommands } from '../update/updateCommands.ts';
import { filterLabel } from './graphHtml.ts';
import { isNode } from './graphMessage.ts';
import { currentGraph, openGraphInEditor } from './graphViews.ts';
import { openChangeset, openComparison } from './openChangeset.ts';

/** Files that a comparison with the working copy opens. */
const MAX_FILES = 300;

export const graphCommands = {
  'graph.open': () => commands.executeCommand('quicksilver.graph.focus'),
  'graph.openInEditor': context => void openGraphInEditor(context),
  'graph.selectRepository': selectRepository,
  'graph.filter': chooseFilter,
  'graph.find': async context => (await currentGraph(context)).find(),
  'graph.toggleHidden': async context => (await currentGraph(context)).toggleHidden(),
  'graph.reveal': async (context, args) => {
    const node = nodeOf(args[0]);
    const repository = typeof args[1] === 'string' ? context.repositories.get(args[1]) : undefined;
    if (node !== undefined) await (await currentGraph(context)).reveal(node, repository);
  },
  'graph.goToWorkingParent': async context => {
    const graph = await currentGraph(context);
    const node = graph.repository?.model.head?.firstParent;
    if (node !== undefined) await graph.reveal(node);
  },
  'graph.openChanges': async (context, args) => {
    const chosen = await chosenChangeset(context, args[0]);
    if (chosen !== undefined) await openChangeset(context, chosen.repository, chosen.node);
  },
  'graph.compareSelected': async (context, args) => {
    const graph = await currentGraph(context);
    const [to, from] = graph.selected;
    if (graph.repository !== undefined && to !== undefined && from !== undefined) {
      await openComparison(context, graph.repository, from, nodeOf(args[0]) ?? to);
    } else void notify('info', l10n.t('Select two changesets in the graph with Ctrl+click.'));
  },
  'graph.compareWithWorkingCopy': async (context, args) => {
    const chosen = await chosenChangeset(context, args[0]);
    if (chosen !== undefined) await compareWithWorkingCopy(context, chosen.repository, chosen.node);
  },
  'graph.update': onChangeset(updateCommands.update),
  'graph.mergeWith': onChangeset(updateCommands.mergeWith),
  'graph.graft': onChangeset(updateCommands.graft),
  'graph.createBookmark': onChangeset(bookmarkTagCommands.createBookmark),
  'graph.createTag': onChangeset(bookmarkTagCommands.createTag),
  'graph.push': onChangeset(exchangeCommands.pushRevision),
  'graph.copyNode': async (context, args) => {
    const node = nodeOf(args[0]) ?? (await chosenChangeset(context, undefined))?.node;
    if (node !== undefined) await env.clipboard.writeText(node);
  },
  'graph.copyMessage': async (context, args) => {
    const chosen = await chosenChangeset(context, args[0]);
    if (chosen === undefined) return;
    const { root } = chosen.repository;
    const details = await askHistory(context.client, ReadChangeset, { root, node: chosen.node, limit: 0 });
    if (details !== null) await env.clipboard.writeText(details.description);
  },
} satisfies Readonly<Record<string, HgCommandRun>>;

/** Makes a command about the chosen changeset of one that takes the changeset as an answer given in advance. */
function onChangeset(run: HgCommandRun): HgCommandRun {
  return async (context, args) => {
    const chosen = await chosenChangeset(context, args[0]);
    return chosen && run(context, [chosen.repository.rootUri, { revision: chosen.node }]);
  };
}

/** The changeset of a menu, which names it in an object, or of a link. */
function nodeOf(argument: unknown): string | undefined {
  if (isNode(argument)) return argument;
  if (typeof argument !== 'object' || argument === null || !('node' in argument)) return undefined;
  return isNode(argument.node) ? argument.node : undefined;
}

async function chosenChangeset(
  context: HgContext,
  argument: unknown,
): Promise<{ readonly repository: OpenRepository; readonly node: string } | undefined> {
  const { repository, selected } = await currentGraph(context);
  const node = nodeOf(argument) ?? selected[0];
  return repository === undefined || node === undefined ? undefined : { repository, node };
}

async function selectRepository(context: HgContext): Promise<void> {
  const graph = await currentGraph(context);
  const active = { icon: 'target', label: l10n.t('Auto'), description: l10n.t('Follow the active editor') };
  const items = context.repositories.all.map(repository => ({
    ...{ icon: 'repo', label: repository.name, description: repository.root },
    repository,
  }));
  const chosen = await pick([{ ...active, repository: undefined }, ...items], {
    placeHolder: l10n.t('Select the repository to show'),
  });
  if (chosen !== undefined) graph.choose(chosen.repository);
}

/** Changesets of a set that the graph shows at most. */
const MAX_IN_SET = 100_000;

const FIXED = [{ kind: 'all' }, { kind: 'auto' }, { kind: 'drafts' }] as const satisfies readonly GraphFilter[];

interface FilterItem extends PickItem {
  /** Undefined for a set of revisions, which the user types. */
  readonly filter: GraphFilter | undefined;
}

async function chooseFilter(context: HgContext): Promise<void> {
  const graph = await currentGraph(context);
  const { repository } = graph;
  if (repository === undefined) return;
  const search = new CancellationTokenSource();
  const items = filterItems(context, repository, search.token);
  try {
    const chosen = await pick(items, { placeHolder: l10n.t('Select the changesets to show') });
    const filter = chosen?.filter ?? (chosen && (await askForSet(context, repository)));
    if (filter !== undefined) graph.setFilter(filter);
  } finally {
    search.cancel();
    search.dispose();
  }
}

async function filterItems(
  context: HgContext,
  { root }: OpenRepository,
  token: CancellationToken,
): Promise<readonly FilterItem[]> {
  const { changesets, tips, topics } = await askNamed(context.client, root, token);
  const named = (icon: string, kind: 'branch' | 'bookmark' | 'tag' | 'topic', name: string): FilterItem => ({
    icon,
    label: name,
    filter: { kind, name },
  });
  return [
    ...FIXED.map(filter => ({ label: filterLabel(filter), filter })),
    ...((await canRunHg(context)) ? [{ label: l10n.t('Revision Set…'), filter: undefined }] : []),
    ...tips.map(([branch]) => named('git-branch', 'branch', branch)),
    ...topics.map(topic => named('git-pull-request-draft', 'topic', topic)),
    ...changesets.flatMap(({ bookmarks }) => bookmarks.map(name => named('bookmark', 'bookmark', name))),
    ...changesets.flatMap(({ tags }) => tags.filter(name => name !== 'tip').map(name => named('tag', 'tag', name))),
  ];
}

async function canRunHg({ client }: HgContext): Promise<boolean> {
  return workspace.isTrusted && (await client.findHg(false)).problem === '';
}

/** Only hg knows its language for sets. The set stays as it is until the user filters again. */
async function askForSet({ hg }: HgContext, repository: OpenRepository): Promise<GraphFilter | undefined> {
  const set = await input({
    prompt: l10n.t('A revision set of Mercurial, such as draft() and user(ann)'),
    placeHolder: l10n.t('Revision set'),
  });
  if (set === undefined || set.trim() === '') return undefined;
  const call: HgCall = { verb: 'log', options: [['--rev', set], `--limit=${MAX_IN_SET}`] };
  const found = await hg.rows<{ readonly node: string }>(repository, call, 'node');
  return { kind: 'changesets', nodes: found.map(({ node }) => node) };
}

async function compareWithWorkingCopy(context: HgContext, repository: OpenRepository, node: string): Promise<void> {
  const parent = repository.model.head?.firstParent;
  if (parent === undefined) return;
  const { root, rootUri, name } = repository;
  const answer = await context.client.compareRevisions({ root, from: node, to: parent, limit: MAX_FILES });
  if (answer.kind === 'none') {
    void notify('error', answer.message);
    return;
  }
  const paths = new Set(answer.files.map(({ path }) => path));
  for (const { path, status } of repository.model.entries.values()) {
    if (status !== 'ignored' && status !== 'unknown') paths.add(path);
  }
  if (paths.size === 0) {
    void notify('info', l10n.t('No file differs: {0}', shortNode(node)));
    return;
  }
  const title = l10n.t('{0}: {1} with the working copy', name, shortNode(node));
  const sides = [...paths].sort().slice(0, MAX_FILES);
  await openDiffs(
    title,
    sides.map(path => {
      const working = fileUri(rootUri, path);
      return [working, versionUri(repository, path, node), working];
    }),
  );
}
