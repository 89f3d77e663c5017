// Shows the changes of one changeset, or between two, in one editor.
import { l10n, type Range } from 'vscode';
import { CompareRevisions, type RevisionComparison } from '../../../server/protocol.ts';
import { ReadChangeset } from '../../../server/historyProtocol.ts';
import { shortNode } from '../../common/changesetIds.ts';
import { notify, openDiffs, openDiff } from '../../common/display.ts';
import { askHistory } from '../../engine/historyAnswers.ts';
import type { EngineClient } from '../../engine/engineClient.ts';
import { versionUri } from '../../providers/contentUris.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import { changeTexts } from '../compare/changeTexts.ts';
import { MAX_FILES_IN_ONE_EDITOR } from '../compare/openCommands.ts';
import { sidesOf } from '../compare/revisionCommands.ts';

interface Context {
  readonly client: EngineClient;
}

const NULL_NODE = '0'.repeat(40);

/**
 * Opens the differences of a changeset from its first parent.
 * @param folder restricts them to files in this folder
 */
export async function openChangeset(
  { client }: Context,
  repository: OpenRepository,
  node: string,
  folder = '',
): Promise<void> {
  const details = await askHistory(client, ReadChangeset, {
    root: repository.root,
    node,
    limit: MAX_FILES_IN_ONE_EDITOR,
    ...(folder !== '' && { path: folder }),
  });
  if (details === null) {
    void notify('error', l10n.t('There is no changeset {0}.', shortNode(node)));
    return;
  }
  const { files, total, parents, row } = details;
  const from = parents[0]?.node ?? NULL_NODE;
  const title = `${shortNode(node)} ${row.summary}`;
  await openFiles(repository, title, { kind: 'files', files, total }, from, node);
}

/** Opens the differences between two changesets. */
export async function openComparison(
  { client }: Context,
  repository: OpenRepository,
  from: string,
  to: string,
): Promise<void> {
  const query = { root: repository.root, from, to, limit: MAX_FILES_IN_ONE_EDITOR };
  const answer = await client.request(CompareRevisions, query);
  const title = changeTexts.revisions(repository.name, shortNode(from), shortNode(to));
  await openFiles(repository, title, answer, from, to);
}

async function openFiles(
  repository: OpenRepository,
  title: string,
  answer: RevisionComparison,
  from: string,
  to: string,
): Promise<void> {
  if (answer.kind === 'none') {
    void notify('error', answer.message);
    return;
  }
  if (answer.total === 0) {
    void notify('info', l10n.t('No file differs: {0}', title));
    return;
  }
  if (answer.files.length < answer.total) {
    void notify('info', changeTexts.firstOfMany(answer.files.length, answer.total));
  }
  await openDiffs(
    title,
    answer.files.map(file => sidesOf(repository, file, from, to)),
  );
}

interface FileChange {
  readonly path: string;
  readonly node: string;
  /** The version before; without it, the file is new. */
  readonly previous?: { readonly path: string; readonly node: string } | undefined;
  readonly selection?: Range | undefined;
}

/** Opens the difference of one file between two changesets, at its path in each. */
export async function openFileChange(
  repository: OpenRepository,
  { path, node, previous, selection }: FileChange,
): Promise<void> {
  const after = versionUri(repository, path, node);
  const before = versionUri(repository, previous?.path ?? path, previous?.node ?? NULL_NODE);
  const name = path.slice(path.lastIndexOf('/') + 1);
  await openDiff(before, after, l10n.t('{0} ({1})', name, shortNode(node)), {
    preview: true,
    ...(selection && { selection }),
  });
}
