// The choice of what goes into the next commit.
import type { OpenRepository } from '../../repositories/openRepository.ts';
import { filesOfArguments, namesFiles } from '../../hg/selectedChanges.ts';
import type { HgCommandRun, HgContext } from '../../hg/commandContext.ts';

export const includeCommands = {
  include: (context, args) => change(context, args, true),
  exclude: (context, args) => change(context, args, false),
  includeAll: (context, args) => changeAll(context, args, true),
  excludeAll: (context, args) => changeAll(context, args, false),
} satisfies Readonly<Record<string, HgCommandRun>>;

async function change({ repositories }: HgContext, args: readonly unknown[], included: boolean): Promise<void> {
  for (const [repository, paths] of filesOfArguments(repositories, args)) {
    await choose(repository, paths, included);
  }
}

/** Includes or excludes a group, or the whole repository. Untracked files of the whole repository are not included. */
async function changeAll(context: HgContext, args: readonly unknown[], included: boolean): Promise<void> {
  if (namesFiles(args)) return change(context, args, included);
  const repository = await context.repository(args[0]);
  if (repository === undefined) return;
  const { entries } = repository.model;
  const paths = [...entries.keys()].filter(path => !included || entries.get(path)?.status !== 'unknown');
  await choose(repository, paths, included);
}

async function choose(repository: OpenRepository, paths: readonly string[], included: boolean): Promise<void> {
  const { model } = repository;
  if (included) repository.included.include(paths.filter(path => isIncludable(model.statusAt(path))));
  else repository.included.exclude(paths);
  await repository.whenShown();
}

/** A conflict is resolved first, and what is ignored is no change. */
function isIncludable(status: string | undefined): boolean {
  return status !== undefined && status !== 'conflict' && status !== 'ignored';
}
