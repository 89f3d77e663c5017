// Comparing with any revision, and any two of them. Loaded when first used.
import { notify, openDiff, openDiffs, type DiffSides } from '../../common/display.ts';
import type { ChangesetSummary, ComparedFile } from '../../../server/protocol.ts';
import { pickChangeset } from '../../pickers/revisionPicker.ts';
import { changeTexts } from './changeTexts.ts';
import { chosenRepository } from '../../commands/commandArguments.ts';
import { shortNode } from '../../common/changesetIds.ts';
import { versionUri } from '../../providers/contentUris.ts';
import { MAX_FILES_IN_ONE_EDITOR, nameOf, workingFiles, workingUri } from './openCommands.ts';
import type { ChangeContext } from './changeContext.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';

export async function compareWithRevision(context: ChangeContext, args: readonly unknown[]): Promise<void> {
  const files = workingFiles(context, args);
  const [first] = files;
  if (first === undefined) return;
  const placeHolder = changeTexts.whichRevision();
  const changeset = (await pickChangeset(context, first.repository, { placeHolder }))?.changeset;
  if (changeset === undefined) return;
  for (const { repository, path, uri } of files.filter(file => file.repository === first.repository)) {
    const { root } = repository;
    const answer = await context.client.content({ root, path, revision: changeset.node, withBytes: false });
    if (answer.kind === 'none') {
      void notify('info', answer.message);
      continue;
    }
    const original = versionUri(repository, path, changeset.node);
    const title = changeTexts.diff(nameOf(path), nameOf(path), changeset.node);
    await openDiff(original, await workingUri(context, uri), title, { preview: true });
  }
}

/** All files that differ between two revisions, in one editor. */
export async function compareRevisions(context: ChangeContext, args: readonly unknown[]): Promise<void> {
  const repository = await chosenRepository(context.repositories, args[0]);
  if (repository === undefined) return;
  const ask = async (placeHolder: string): Promise<ChangesetSummary | undefined> =>
    (await pickChangeset(context, repository, { placeHolder }))?.changeset;
  const from = await ask(changeTexts.firstRevision());
  const to = from && (await ask(changeTexts.secondRevision(shortNode(from.node))));
  if (from === undefined || to === undefined) return;
  const [left, right] = [from, to].map(({ node }) => shortNode(node)) as [string, string];
  await openComparison(context, repository, {
    from: from.node,
    to: to.node,
    title: changeTexts.revisions(repository.name, left, right),
    none: changeTexts.sameFiles(left, right),
  });
}

/** Shows how a changeset differs from its first parent, in one editor. */
export async function showChangeset(
  context: Pick<ChangeContext, 'client'>,
  repository: OpenRepository,
  { node, parent, summary }: { readonly node: string; readonly parent: string; readonly summary: string },
): Promise<void> {
  await openComparison(context, repository, {
    from: parent,
    to: node,
    title: changeTexts.changeset(shortNode(node), summary),
    none: changeTexts.noFiles(shortNode(node)),
  });
}

interface Comparison {
  readonly from: string;
  readonly to: string;
  readonly title: string;
  /** Shown if no file differs. */
  readonly none: string;
}

async function openComparison(
  { client }: Pick<ChangeContext, 'client'>,
  repository: OpenRepository,
  { from, to, title, none }: Comparison,
): Promise<void> {
  const limit = MAX_FILES_IN_ONE_EDITOR;
  const answer = await client.compareRevisions({ root: repository.root, from, to, limit });
  if (answer.kind === 'none') {
    void notify('error', answer.message);
    return;
  }
  const { files, total } = answer;
  if (total === 0) {
    void notify('info', none);
    return;
  }
  if (files.length < total) void notify('info', changeTexts.firstOfMany(files.length, total));
  await openDiffs(
    title,
    files.map(file => sidesOf(repository, file, from, to)),
  );
}

/** The sides of a file in an editor for several differences. */
export function sidesOf(
  repository: OpenRepository,
  { path, status, source }: ComparedFile,
  from: string,
  to: string,
): DiffSides {
  const original =
    status === 'added' && source === undefined ? undefined : versionUri(repository, source ?? path, from);
  const modified = status === 'removed' ? undefined : versionUri(repository, path, to);
  return [modified ?? versionUri(repository, path, from), original, modified];
}
