// Shared parts of commands about one repository and a name in it.
import { InputBoxValidationSeverity, l10n } from 'vscode';
import { type PickItem, type Validation, input, pick } from '../common/display.ts';
import { isNullNode, shortNode } from '../common/changesetIds.ts';
import type { OpenRepository } from '../repositories/openRepository.ts';
import { answersOf, type Answers } from '../hg/presetAnswers.ts';
import type { HgClient } from '../hg/hgClient.ts';
import type { HgCommandRun, HgContext } from '../hg/commandContext.ts';
import { showInfo } from '../hg/notifications.ts';

/** A command about one repository: that of its argument, or the one that is chosen. Undefined if there is none. */
export function inRepository<T>(
  work: (context: HgContext, repository: OpenRepository, answers: Answers) => Promise<T>,
): (...given: Parameters<HgCommandRun>) => Promise<T | undefined> {
  return async (context, args) => {
    const { answers, rest } = answersOf(args);
    const repository = await context.repository(rest[0]);
    return repository && work(context, repository, answers);
  };
}

export interface NamedItem extends PickItem {
  readonly name: string;
}

/** Returns the name from the arguments, or the chosen one; shows `none` if there are no names. */
export async function chooseName(
  answers: Answers,
  list: () => Promise<readonly NamedItem[]>,
  { placeHolder, none }: { readonly placeHolder: string; readonly none: string },
): Promise<string | undefined> {
  const given = answers.text('name');
  if (given !== undefined) return given;
  const items = await list();
  if (items.length === 0) {
    showInfo(none);
    return undefined;
  }
  return (await pick(items, { placeHolder, matchOnDescription: true, matchOnDetail: true }))?.name;
}

/**
 * Asks for a new name of a branch, bookmark or tag; undefined if the user cancels. Typing checks each text.
 * @param taken names that cannot be used
 */
export async function askForName(
  prompt: string,
  value = '',
  taken: Promise<ReadonlySet<string>> = Promise.resolve(new Set()),
): Promise<string | undefined> {
  // Its failure shows with the first check, or with the command.
  taken.catch(() => undefined);
  const validateInput = async (text: string): Promise<Validation | undefined> => {
    const message = problemOfName(text.trim(), await taken);
    return message === undefined ? undefined : { message, severity: InputBoxValidationSeverity.Error };
  };
  const name = await input({ prompt, value, validateInput });
  return name === undefined || name.trim() === '' ? undefined : name.trim();
}

/** The rules are those of hg, tested against it. */
function problemOfName(name: string, taken: ReadonlySet<string>): string | undefined {
  if (name === '') return undefined;
  if (/[:\0\r\n]/.test(name)) return l10n.t("A name cannot contain ':' or line breaks.");
  if (/^[+-]?\d+$/.test(name)) return l10n.t('A name cannot be a number.');
  if (name === '.' || name === 'tip' || name === 'null') return l10n.t("The name '{0}' is reserved.", name);
  return taken.has(name) ? l10n.t("A branch named '{0}' already exists.", name) : undefined;
}

/** Reads the names of all branches, closed ones too. hg accepts them for no new branch and for no bookmark. */
export async function branchNames({ hg }: HgContext, repository: OpenRepository): Promise<ReadonlySet<string>> {
  const branches = await hg.rows<{ readonly branch: string }>(
    repository,
    { verb: 'branches', options: ['--closed'] },
    'branch',
  );
  return new Set(branches.map(({ branch }) => branch));
}

/** Reads the names as above, without those that hg accepts again: of the branches of the working copy's parents. */
export async function takenBranches(context: HgContext, repository: OpenRepository): Promise<ReadonlySet<string>> {
  const [names, parents] = await Promise.all([
    branchNames(context, repository),
    context.client.parentSummaries(repository.root),
  ]);
  const own = new Set(parents.map(({ branch }) => branch));
  return new Set([...names].filter(name => !own.has(name)));
}

/** A name from the arguments, or one that was chosen from a list. */
export interface ChosenName {
  readonly name: string;
  /** The changeset at which the list showed it; undefined without a list. */
  readonly shownAt?: string;
}

interface Bookmark {
  readonly bookmark: string;
  readonly node: string;
  readonly active: boolean;
}

export async function bookmarksOf(hg: HgClient, repository: OpenRepository): Promise<readonly Bookmark[]> {
  return hg.rows(repository, { verb: 'bookmarks' }, 'bookmark, node, active');
}

export async function chooseBookmark(
  { hg }: HgContext,
  repository: OpenRepository,
  answers: Answers,
  placeHolder: string,
): Promise<ChosenName | undefined> {
  let shown: readonly Bookmark[] = [];
  const list = async (): Promise<NamedItem[]> => {
    shown = await bookmarksOf(hg, repository);
    return shown.map(({ bookmark, node, active }) => ({
      icon: 'bookmark',
      label: bookmark,
      description: [
        isNullNode(node) ? l10n.t('no commit') : shortNode(node),
        ...(active ? [l10n.t('active')] : []),
      ].join(' · '),
      name: bookmark,
    }));
  };
  const name = await chooseName(answers, list, { placeHolder, none: l10n.t('This repository has no bookmarks.') });
  if (name === undefined) return undefined;
  const node = shown.find(({ bookmark }) => bookmark === name)?.node;
  return { name, ...(node !== undefined && { shownAt: node }) };
}
