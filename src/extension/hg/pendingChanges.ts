// Brings the model and the view up to date around a command of hg.
import type { OpenRepository } from '../repositories/openRepository.ts';
import type { HgContext } from './commandContext.ts';

/** Rescans files that hg may have created without recording them, and shows them before their events arrive. */
export async function rescanAndShow(
  { client }: HgContext,
  repository: OpenRepository,
  paths: readonly string[],
): Promise<void> {
  if (paths.length > 0) client.hint(repository.root, paths);
  await client.settle(repository.root);
  await repository.whenShown();
}

/** The state before a command: what was saved a moment ago is part of it. */
export async function flushPendingChanges({ client, hints }: HgContext, repository: OpenRepository): Promise<void> {
  hints.flush();
  await client.settle(repository.root);
  await repository.whenShown();
}
