// The choice of what goes into the next commit.
import { filesOfArguments } from './rows.ts';
import type { HgCommandRun, HgContext } from './table.ts';

export const includeCommands = {
  include: (context, args) => change(context, args, true),
  exclude: (context, args) => change(context, args, false),
  includeAll: (context, args) => changeAll(context, args, true),
  excludeAll: (context, args) => changeAll(context, args, false),
} satisfies Readonly<Record<string, HgCommandRun>>;

async function change({ repositories }: HgContext, args: readonly unknown[], included: boolean): Promise<void> {
  for (const [repository, paths] of filesOfArguments(repositories, args)) {
    if (included) repository.included.include(paths.filter(path => isIncludable(repository.model.statusAt(path))));
    else repository.included.exclude(paths);
    await repository.shown();
  }
}

/** Of a group, or of the whole repository: then untracked files are not meant. */
async function changeAll(context: HgContext, args: readonly unknown[], included: boolean): Promise<void> {
  if (filesOfArguments(context.repositories, args.slice(0, 1).filter(isObject)).size > 0 && args.length > 0) {
    await change(context, args, included);
    return;
  }
  const repository = await context.repository(args[0]);
  if (repository === undefined) return;
  const { entries } = repository.model;
  const paths = [...entries.keys()].filter(path => !included || entries.get(path)?.status !== 'unknown');
  if (included) repository.included.include(paths.filter(path => isIncludable(repository.model.statusAt(path))));
  else repository.included.exclude(paths);
  await repository.shown();
}

/** A conflict is resolved first, and what is ignored is no change. */
function isIncludable(status: string | undefined): boolean {
  return status !== undefined && status !== 'conflict' && status !== 'ignored';
}

function isObject(argument: unknown): boolean {
  return typeof argument === 'object' && argument !== null;
}
