// Other repositories that changesets go to and come from.
import { l10n } from 'vscode';
import { type PickItem, input, pick } from '../common/display.ts';
import { withoutSecrets } from '../../hgCommand/secrets.ts';
import type { OpenRepository } from '../repositories/openRepository.ts';
import type { Answers } from '../hg/presetAnswers.ts';
import type { HgContext } from '../hg/commandContext.ts';

export interface ChosenPath {
  /** None where hg goes by itself. */
  readonly operands: readonly string[];
}

interface NamedPath {
  readonly name: string;
  readonly url: string;
}

/** Asks only on request, or without a default path. Undefined if the user cancels. */
export async function choosePath(
  context: HgContext,
  repository: OpenRepository,
  answers: Answers,
  asks: boolean,
): Promise<ChosenPath | undefined> {
  const given = answers.text('path');
  if (given !== undefined) return to(given);
  const paths = await pathsOf(context, repository);
  if (!asks && paths.some(({ name }) => name === 'default' || name === 'default-push')) return { operands: [] };
  interface PathItem extends PickItem {
    readonly path?: string;
  }
  const items: PathItem[] = paths.map(({ name, url }) => ({
    icon: 'remote',
    label: name,
    description: withoutSecrets(url),
    path: name,
  }));
  if (items.length > 0) items.push({ label: '', isSeparator: true });
  items.push({ icon: 'edit', label: l10n.t('Enter a URL or path…') });
  const placeHolder = l10n.t('Select a remote repository');
  const chosen = items.length === 1 ? items[0] : await pick(items, { placeHolder });
  if (chosen === undefined) return undefined;
  if (chosen.path !== undefined) return to(chosen.path);
  const typed = await input({
    prompt: l10n.t('URL or path of the remote repository'),
    placeHolder: 'https://example.org/repository',
    ignoreFocusOut: true,
  });
  return typed === undefined || typed.trim() === '' ? undefined : to(typed.trim());
}

export async function pathsOf({ hg }: HgContext, repository: OpenRepository): Promise<readonly NamedPath[]> {
  // 1: there are none.
  return hg.rows(repository, { verb: 'paths', codes: [0, 1] }, 'name, url');
}

function to(path: string): ChosenPath {
  return { operands: [path] };
}
