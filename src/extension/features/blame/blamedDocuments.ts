// Annotations of open documents. One request runs for a document at a time. Its answer gets the edits that came
// meanwhile, and the old attributions stay until there are better ones.
import { EventEmitter, workspace, type TextDocument, type TextDocumentChangeEvent, type Uri } from 'vscode';
import { errorMessage } from '../../../base/errors.ts';
import { DisposableStore, type Disposable } from '../../../base/lifecycle.ts';
import { AnnotateFile, type AnnotateQuery } from '../../../server/historyProtocol.ts';
import type { CommandContext } from '../../commands/commands.ts';
import { setting } from '../../common/settings.ts';
import { scheduleAfter } from '../../common/slicedQueue.ts';
import { fileUri } from '../../common/uris.ts';
import { askHistory, HistoryUnavailable } from '../../engine/historyAnswers.ts';
import { LineAttributions, type LineEdit } from '../../model/lineAttributions.ts';
import type { OpenRepository } from '../../repositories/openRepository.ts';
import { blameTexts } from './blameTexts.ts';
import { fileTargetOf, unsavedText, type FileTarget } from './fileTarget.ts';

/** Milliseconds after the last key before the engine is asked. */
const TYPING_PAUSE = 150;
const DEFAULT_IGNORE_FILE = '.hg-annotate-ignore-revs';
const NODE = /^[0-9a-f]{12,40}$/;

interface Blamed {
  attributions: LineAttributions | undefined;
  /** The last answer without lines: why there are none, for the user. */
  reason: string | undefined;
  /** The state that the last request was about. */
  asked: string;
  asking: Promise<void> | undefined;
  /** Someone wants the attributions for a later state than the running request is about. */
  isStale: boolean;
  /** Edits since the running request was sent. */
  edits: LineEdit[];
  pause: Disposable | undefined;
  force: boolean;
}

export interface BlameChange {
  readonly document: TextDocument;
  /** Edits, in order; undefined if the attributions are new. */
  readonly edits: readonly LineEdit[] | undefined;
}

export class BlamedDocuments implements Disposable {
  readonly #context: CommandContext;
  readonly #store = new DisposableStore();
  readonly #blamed = new Map<TextDocument, Blamed>();
  readonly #didChange = this.#store.add(new EventEmitter<BlameChange>());

  /** The attributions of a document are new, or lines were moved. */
  readonly onDidChange = this.#didChange.event;

  constructor(context: CommandContext) {
    this.#context = context;
    this.#store.add(workspace.onDidChangeTextDocument(event => this.#edited(event)));
    this.#store.add(workspace.onDidCloseTextDocument(document => this.#forget(document)));
  }

  dispose(): void {
    for (const document of [...this.#blamed.keys()]) this.#forget(document);
    this.#store.dispose();
  }

  /** Undefined for a document that is in no repository. */
  targetOf(document: TextDocument): FileTarget | undefined {
    return fileTargetOf(this.#context.repositories, document.uri);
  }

  /** The attributions that are known now. */
  get(document: TextDocument): LineAttributions | undefined {
    return this.#blamed.get(document)?.attributions;
  }

  /** Asks for the attributions of a document, unless they are known for its state; once more after an answer. */
  want(document: TextDocument): void {
    const target = this.targetOf(document);
    if (target === undefined) return;
    const blamed = this.#of(document);
    if (blamed.asking !== undefined) blamed.isStale = true;
    else if (blamed.pause === undefined) void this.#ask(document, target, blamed);
  }

  /**
   * Asks for the attributions because of a command, those of a large file, too. Resolves when they are known, with the
   * reason for the user if there are none.
   */
  async demand(document: TextDocument): Promise<string | undefined> {
    const target = this.targetOf(document);
    if (target === undefined) return undefined;
    const blamed = this.#of(document);
    blamed.force = true;
    // A request that runs may leave a large file out.
    await blamed.asking;
    await this.#ask(document, target, blamed);
    return blamed.attributions === undefined ? blamed.reason : undefined;
  }

  /** Returns why a file that no text editor shows has no annotation; undefined if it has one. */
  async reasonFor({ repository, path, node }: FileTarget): Promise<string | undefined> {
    const query = { root: repository.root, path, skip: [], ...(node !== undefined && { node }) };
    try {
      const annotation = await askHistory(this.#context.client, AnnotateFile, query);
      return annotation.kind === 'none' ? annotation.message : undefined;
    } catch (error) {
      if (!(error instanceof HistoryUnavailable)) throw error;
      return blameTexts.unavailable(path, error.message);
    }
  }

  #of(document: TextDocument): Blamed {
    let blamed = this.#blamed.get(document);
    if (blamed === undefined) {
      const unknown = { attributions: undefined, reason: undefined, asked: '', asking: undefined, isStale: false };
      blamed = { ...unknown, edits: [], pause: undefined, force: false };
      this.#blamed.set(document, blamed);
    }
    return blamed;
  }

  #forget(document: TextDocument): void {
    this.#blamed.get(document)?.pause?.dispose();
    this.#blamed.delete(document);
  }

  #edited({ document, contentChanges }: TextDocumentChangeEvent): void {
    const blamed = this.#blamed.get(document);
    if (blamed === undefined || contentChanges.length === 0) return;
    const edits = contentChanges.map(({ range: { start, end }, text }) => ({
      startLine: start.line,
      startCharacter: start.character,
      endLine: end.line,
      endCharacter: end.character,
      text,
    }));
    for (const edit of edits) {
      blamed.attributions?.apply(edit);
      if (blamed.asking !== undefined) blamed.edits.push(edit);
    }
    if (blamed.attributions !== undefined) this.#didChange.fire({ document, edits });
    blamed.pause?.dispose();
    blamed.pause = scheduleAfter(TYPING_PAUSE, () => {
      blamed.pause = undefined;
      this.want(document);
    });
  }

  async #ask(document: TextDocument, target: FileTarget, blamed: Blamed): Promise<void> {
    blamed.asking ??= this.#askNow(document, target, blamed)
      .catch((error: unknown) => {
        blamed.reason = blameTexts.unavailable(target.path, errorMessage(error));
        const { log } = this.#context;
        if (error instanceof HistoryUnavailable) log.trace(blamed.reason);
        else log.warn(blamed.reason);
      })
      .finally(() => {
        blamed.asking = undefined;
        if (blamed.isStale && this.#blamed.get(document) === blamed) this.want(document);
      });
    await blamed.asking;
  }

  async #askNow(document: TextDocument, target: FileTarget, blamed: Blamed): Promise<void> {
    const { root, model } = target.repository;
    blamed.edits = [];
    blamed.isStale = false;
    const skip = await this.#skippedNodes(target.repository);
    const parents = `${model.head?.firstParent ?? ''} ${model.head?.secondParent ?? ''}`;
    const ignoresWhitespace = setting('blame.ignoreWhitespace', document.uri);
    const { force } = blamed;
    const state = JSON.stringify([document.version, document.isDirty, parents, skip, ignoresWhitespace, force]);
    if (state === blamed.asked) return;
    blamed.edits = [];
    const query: AnnotateQuery & { root: string } = {
      root,
      path: target.path,
      skip,
      ...(target.node !== undefined && { node: target.node }),
      ...(target.node === undefined && (await unsavedText(document))),
      ...(ignoresWhitespace && { ignoresWhitespace }),
      ...(force && { force }),
    };
    const annotation = await askHistory(this.#context.client, AnnotateFile, query);
    if (this.#blamed.get(document) !== blamed) return;
    blamed.asked = state;
    const attributions = annotation.kind === 'lines' ? new LineAttributions(annotation) : undefined;
    for (const edit of blamed.edits) attributions?.apply(edit);
    blamed.attributions = attributions;
    blamed.reason = annotation.kind === 'none' ? annotation.message : undefined;
    this.#didChange.fire({ document, edits: undefined });
  }

  /** The ids in the file that the setting names. Comments begin with '#'. */
  async #skippedNodes({ rootUri }: OpenRepository): Promise<readonly string[]> {
    const named = setting('blame.ignoreRevisions', rootUri);
    const uri = fileUri(rootUri, named === '' ? DEFAULT_IGNORE_FILE : named);
    const text = await readText(uri);
    return text.split('\n').flatMap(line => {
      const node = line.replace(/#.*$/, '').trim().toLowerCase();
      return NODE.test(node) ? [node] : [];
    });
  }
}

/** '' if there is no such file. */
async function readText(uri: Uri): Promise<string> {
  try {
    return new TextDecoder().decode(await workspace.fs.readFile(uri));
  } catch {
    return '';
  }
}
