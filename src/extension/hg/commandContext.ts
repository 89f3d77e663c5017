// The context of every command that runs hg.
import type { CommandContext } from '../commands/commands.ts';
import type { OpenRepository } from '../repositories/openRepository.ts';
import type { HgClient } from './hgClient.ts';

export interface HgContext extends CommandContext {
  readonly hg: HgClient;
  /** See {@link chosenRepository}. */
  repository(argument: unknown): Promise<OpenRepository | undefined>;
}

/** Gets what VS Code hands over: a source control, rows, a group, URIs, or nothing. */
export type HgCommandRun = (context: HgContext, args: readonly unknown[]) => unknown;
