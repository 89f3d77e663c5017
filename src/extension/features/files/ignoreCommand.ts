// Adds a line to .hgignore, after showing what it would hide.
import {
  FileSystemError,
  FileType,
  InputBoxValidationSeverity,
  l10n,
  workspace,
  WorkspaceEdit,
  type Uri,
} from 'vscode';
import { type PickItem, input, pick } from '../../common/display.ts';
import type { IgnorePreview } from '../../../server/protocol.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import { exists, fileUri, isReadableName } from '../../common/uris.ts';
import { answersOf } from '../../hg/presetAnswers.ts';
import { candidatesFor } from './ignoreCandidates.ts';
import type { HgCommandRun, HgContext } from '../../hg/commandContext.ts';
import { showInfo } from '../../hg/notifications.ts';
import { rescanAndShow } from '../../hg/pendingChanges.ts';
import { targetsOf } from '../../hg/selectedPaths.ts';

export const ignoreCommands = {
  ignore: (context, args) => ignore(context, args),
} satisfies Readonly<Record<string, HgCommandRun>>;

const NAMES_SHOWN = 3;
interface LineItem extends PickItem {
  readonly lines: readonly string[] | undefined;
}

async function ignore(context: HgContext, args: readonly unknown[]): Promise<readonly string[] | undefined> {
  const { answers, rest } = answersOf(args);
  const [[repository, named] = [undefined, []]] = targetsOf(context, rest);
  const paths = named.filter(isReadableName);
  if (repository === undefined || paths.length === 0) {
    showInfo(l10n.t('Select a file in a Mercurial repository first.'));
    return undefined;
  }
  const line = answers.text('line');
  const lines = line === undefined ? await chooseLines(context, repository, paths) : [line];
  if (lines === undefined || lines.length === 0) return undefined;
  if (!(await append(repository, lines))) return undefined;
  await rescanAndShow(context, repository, ['.hgignore']);
  return lines;
}

async function chooseLines(
  context: HgContext,
  repository: OpenRepository,
  paths: readonly string[],
): Promise<readonly string[] | undefined> {
  const candidates = candidatesFor(paths);
  const previews = await preview(context, repository, candidates);
  const items: LineItem[] = candidates.map((lines, i) => ({
    label: lines.length === 1 ? lines[0]! : l10n.t('The {0} selected files (one pattern each)', lines.length),
    detail: describe(previews[i]),
    lines,
  }));
  items.push(
    { label: '', isSeparator: true, lines: undefined },
    { label: l10n.t('Enter a pattern…'), lines: undefined },
  );
  const placeHolder = l10n.t('Select a pattern to add to .hgignore');
  const chosen = await pick(items, { placeHolder, matchOnDetail: true });
  if (chosen === undefined || chosen.lines !== undefined) return chosen?.lines;
  const written = await writeLine(context, repository, candidates[0]![0]!);
  return written === undefined ? undefined : [written];
}

async function writeLine(context: HgContext, repository: OpenRepository, value: string): Promise<string | undefined> {
  const written = await input({
    prompt: l10n.t('Pattern to add to .hgignore (glob:, rootglob: or re:)'),
    value,
    valueSelection: [value.indexOf(':') + 1, value.length],
    validateInput: async line => {
      if (line.trim() === '') return undefined;
      const [found] = await preview(context, repository, [[line]]);
      if (found?.kind === 'invalid') return { message: found.message, severity: InputBoxValidationSeverity.Error };
      return { message: describe(found), severity: InputBoxValidationSeverity.Info };
    },
  });
  return written === undefined || written.trim() === '' ? undefined : written;
}

async function preview(
  { client }: HgContext,
  { root }: OpenRepository,
  candidates: readonly (readonly string[])[],
): Promise<readonly IgnorePreview[]> {
  const lines = candidates.map(each => each.join('\n'));
  return client.previewIgnore(root, lines, NAMES_SHOWN);
}

function describe(preview: IgnorePreview | undefined): string {
  if (preview === undefined) return '';
  if (preview.kind === 'invalid') return preview.message;
  const { total, first } = preview;
  if (total === 0) return l10n.t('ignores no untracked files');
  const names = first.join(', ') + (total > first.length ? ', …' : '');
  return total === 1 ? l10n.t("ignores '{0}'", names) : l10n.t('ignores {0} untracked files: {1}', total, names);
}

/** Through the editor, so that it can be undone there, also if the file is open and not saved. */
async function append({ rootUri }: OpenRepository, lines: readonly string[]): Promise<boolean> {
  const uri = fileUri(rootUri, '.hgignore');
  if (await isSymlink(uri)) {
    // A repository may have it lead to any file of the user.
    showInfo(l10n.t('.hgignore is a symbolic link. Edit the file that it leads to.'));
    return false;
  }
  if (!(await exists(uri))) await workspace.fs.writeFile(uri, new Uint8Array());
  const document = await workspace.openTextDocument(uri);
  const end = document.lineAt(document.lineCount - 1).range.end;
  const edit = new WorkspaceEdit();
  edit.insert(uri, end, `${end.character > 0 ? '\n' : ''}${lines.join('\n')}\n`);
  await workspace.applyEdit(edit);
  await document.save();
  return true;
}

/** True for a link, also for one that leads nowhere. */
async function isSymlink(uri: Uri): Promise<boolean> {
  try {
    return ((await workspace.fs.stat(uri)).type & FileType.SymbolicLink) !== 0;
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    return false;
  }
}
