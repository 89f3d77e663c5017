// The context of the commands that open changes.
import type { ExtensionContext } from 'vscode';
import type { Log } from '../../common/display.ts';
import type { EngineClient } from '../../engine/engineClient.ts';
import type { HintSources } from '../../repositories/hintSources.ts';
import type { RepositoryLookup } from '../../repositories/repositories.ts';

export interface ChangeContext {
  readonly client: EngineClient;
  readonly repositories: RepositoryLookup;
  readonly hints: HintSources;
  readonly log: Log;
  readonly extension: ExtensionContext;
}
