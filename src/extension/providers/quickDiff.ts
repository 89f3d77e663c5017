// The gutter: which version of a file the editor's text is compared with. VS Code compares.
import type { QuickDiffProvider, Uri } from 'vscode';
import { errorMessage } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { baseUri } from './contentUris.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { OpenRepository } from '../repositories/openRepository.ts';
import type { Repositories } from '../repositories/repositories.ts';
import { isLink, isReadableName } from '../common/uris.ts';

export interface QuickDiffContext {
  readonly client: EngineClient;
  readonly repositories: Repositories;
  readonly log: Logger;
}

export class BaseQuickDiff implements QuickDiffProvider {
  readonly #context: QuickDiffContext;
  readonly #repository: OpenRepository;

  constructor(context: QuickDiffContext, repository: OpenRepository) {
    this.#context = context;
    this.#repository = repository;
  }

  /** VS Code asks often, for each editor and each change of the view. So the model answers before the engine. */
  async provideOriginalResource(uri: Uri): Promise<Uri | undefined> {
    const { repositories, client, log } = this.#context;
    const located = repositories.locate(uri);
    // A file of a repository inside of this one is that one's.
    if (located?.value !== this.#repository) return undefined;
    const { path } = located;
    const { model, root } = this.#repository;
    const status = model.statusAt(path);
    if (!isReadableName(path) || !mayHaveBase(status)) return undefined;
    // The editor shows the file that a link leads to. A tracked file that became a link is modified.
    if (status === 'modified' && (await isLink(uri))) return undefined;
    try {
      const answer = await client.content({ root, path, revision: 'base', withBytes: false });
      if (answer.kind === 'none') {
        if (answer.reason !== 'not-in-revision') log.warn(answer.message);
        return undefined;
      }
      // The content of a link is its target, and the editor shows the file that it leads to.
      return answer.type === 'symlink' ? undefined : baseUri(this.#repository, path);
    } catch (error) {
      log.warn(`the base of ${path}: ${errorMessage(error)}`);
      return undefined;
    }
  }
}

function mayHaveBase(status: ReturnType<OpenRepository['model']['statusAt']>): boolean {
  return status !== 'unknown' && status !== 'ignored' && status !== 'added';
}
