// The read-only file system `quicksilver:` with versions of files in the repository. VS Code decodes and shows them.
import {
  EventEmitter,
  FileChangeType,
  FilePermission,
  FileSystemError,
  FileType,
  Uri,
  workspace,
  type FileChangeEvent,
  type FileStat,
  type FileSystemProvider,
} from 'vscode';
import { DisposableStore, type Disposable } from '../../base/lifecycle.ts';
import type { ContentAnswer } from '../../server/protocol.ts';
import { BASE, CONTENT_SCHEME } from './contentAddress.ts';
import { addressOf, baseUri } from './contentUris.ts';
import { fileNotFound, fileUnavailable } from '../common/display.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Repositories } from '../repositories/repositories.ts';
import { VersionTimes } from './syntheticMtimes.ts';

export interface ContentContext {
  readonly client: EngineClient;
  readonly repositories: Repositories;
  /** Resolves when the repositories of the workspace have been looked for. */
  readonly initialized: Promise<void>;
}

export class ContentFileSystem implements FileSystemProvider, Disposable {
  readonly #context: ContentContext;
  readonly #store = new DisposableStore();
  readonly #didChangeFile = this.#store.add(new EventEmitter<FileChangeEvent[]>());
  readonly #didRead = this.#store.add(new EventEmitter<Uri>());
  readonly #times = new VersionTimes(() => Date.now());
  /** Requests for contents so far, with and without bytes: for the tests. */
  readonly requests = { stat: 0, read: 0 };

  readonly onDidChangeFile = this.#didChangeFile.event;
  /** Fired with each version whose content VS Code was given: for the tests. */
  readonly onDidRead = this.#didRead.event;

  constructor(context: ContentContext) {
    this.#context = context;
    const { client, repositories } = context;
    this.#store.add(workspace.registerFileSystemProvider(CONTENT_SCHEME, this, { isReadonly: true }));
    this.#store.add(
      client.onDidChangeBase(({ root, paths }) => {
        const repository = repositories.get(root);
        if (repository !== undefined) this.#changed(paths.map(path => baseUri(repository, path)));
      }),
    );
    this.#store.add(
      client.onDidUpdate(update => {
        // An engine without its old entries has also lost the requested bases.
        if (update.reset) void this.#askAgain(update.root);
      }),
    );
  }

  /** Events go to every watcher: there are few. */
  watch(): Disposable {
    return { dispose: () => undefined };
  }

  async stat(uri: Uri): Promise<FileStat> {
    this.requests.stat++;
    const { node, size } = await this.#content(uri, false);
    const mtime = this.#times.of(uri.toString(), node);
    return { type: FileType.File, permissions: FilePermission.Readonly, ctime: 0, mtime, size };
  }

  async readFile(uri: Uri): Promise<Uint8Array> {
    this.requests.read++;
    const { bytes } = await this.#content(uri, true);
    if (bytes === undefined) throw FileSystemError.Unavailable(uri);
    this.#didRead.fire(uri);
    return bytes;
  }

  readDirectory(uri: Uri): never {
    throw FileSystemError.FileNotADirectory(uri);
  }

  createDirectory(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  delete(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  rename(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #content(uri: Uri, withBytes: boolean): Promise<Extract<ContentAnswer, { kind: 'content' }>> {
    const address = addressOf(uri);
    if (address === undefined) throw FileSystemError.FileNotFound(uri);
    await this.#context.initialized;
    const { root, path, revision } = address;
    const answer = await this.#context.client.content({ root, path, revision, withBytes });
    if (answer.kind === 'content') return answer;
    const { reason, message } = answer;
    if (reason === 'not-in-revision' || reason === 'no-such-revision') {
      this.#times.of(uri.toString(), '');
      throw fileNotFound(message);
    }
    throw fileUnavailable(message);
  }

  #changed(uris: readonly Uri[]): void {
    for (const uri of uris) this.#times.advance(uri.toString());
    if (uris.length > 0) this.#didChangeFile.fire(uris.map(uri => ({ type: FileChangeType.Changed, uri })));
  }

  async #askAgain(root: string): Promise<void> {
    for (const [key, known] of this.#times.known()) {
      const uri = Uri.parse(key, true);
      const address = addressOf(uri);
      if (address?.root !== root || address.revision !== BASE) continue;
      const answer = await this.#context.client.content({ root, path: address.path, revision: BASE, withBytes: false });
      const now = answer.kind === 'content' ? answer.node : answer.reason === 'not-in-revision' ? '' : known;
      if (now !== known) this.#changed([uri]);
    }
  }
}
