// Annotations of open documents: one request at a time, and a command gets lines or the reason for having none.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { TextDocument } from 'vscode';
import { nextTurn } from '../../../src/base/async.ts';
import type { CommandContext } from '../../../src/extension/commands/commands.ts';
import type { AnnotateQuery, Answer, FileAnnotation } from '../../../src/server/historyProtocol.ts';
import { RecordingLogger } from '../../support/recordingLogger.ts';
import { Uri } from './fakeVscode.ts';

const { BlamedDocuments } = await import('../../../src/extension/features/blame/blamedDocuments.ts');

interface Asked {
  readonly query: AnnotateQuery;
  readonly answer: (answer: Answer<FileAnnotation>) => void;
  readonly fail: (error: Error) => void;
}

const none = (reason: 'binary' | 'large', message: string): Answer<FileAnnotation> => ({
  kind: 'answer',
  value: { kind: 'none', reason, message },
});
const lines: Answer<FileAnnotation> = {
  kind: 'answer',
  value: { kind: 'lines', sources: [-1], lineNumbers: [1], changesets: [] },
};

function start(t: TestContext) {
  const asked: Asked[] = [];
  const log = new RecordingLogger();
  const root = Uri.file('/repository');
  const model: { head: { readonly firstParent: string } | undefined } = { head: undefined };
  const repository = { root: '/repository', rootUri: root, model };
  const locate = (): object => ({ value: repository, path: 'file' });
  const request = async (_: unknown, query: AnnotateQuery): Promise<Answer<FileAnnotation>> =>
    new Promise((answer, fail) => asked.push({ query, answer, fail }));
  const context = { client: { request }, repositories: { locate }, log };
  const documents = new BlamedDocuments(context as unknown as CommandContext);
  t.after(() => documents.dispose());
  const document = {
    uri: Uri.file('/repository/file'),
    ...{ version: 1, isDirty: false, encoding: 'utf8', getText: () => 'caf\u00e9\n' },
  };
  /** Resolves with a request, which begins with a look at the file of ignored changesets. */
  const next = async (): Promise<Asked> => {
    while (asked.length === 0) {
      t.signal.throwIfAborted();
      await nextTurn();
    }
    return asked.shift()!;
  };
  /** Changes the document, as typing does. */
  const change = (changed: Partial<typeof document>): void => {
    Object.assign(document, changed, { version: document.version + 1 });
  };
  return { documents, document: document as unknown as TextDocument, change, model, next, asked, log };
}

test('a command annotates a large file, also while a request without it runs', async t => {
  const { documents, document, next } = start(t);
  documents.want(document);
  const first = await next();
  assert.equal(first.query.force, undefined);
  const demanded = documents.demand(document);
  first.answer(none('large', 'too large'));
  const second = await next();
  assert.equal(second.query.force, true);
  second.answer(lines);
  assert.equal(await demanded, undefined);
  assert.equal(documents.get(document)?.count, 1);
});

test('a command gets the reason, and gets it again without another request', async t => {
  const { documents, document, next, asked, log } = start(t);
  const demanded = documents.demand(document);
  (await next()).answer(none('binary', 'no text'));
  assert.equal(await demanded, 'no text');
  assert.equal(await documents.demand(document), 'no text');
  assert.deepEqual([asked.length, log.lines], [0, []]);
});

test('without an answer, the file and the cause are the reason, and the next request may do better', async t => {
  const { documents, document, change, next, log } = start(t);
  const unavailable = documents.demand(document);
  (await next()).answer({ kind: 'unavailable', message: 'kept elsewhere' });
  assert.equal(await unavailable, "Cannot annotate 'file': kept elsewhere");
  const failed = documents.demand(document);
  (await next()).fail(new Error('the engine has died'));
  assert.equal(await failed, "Cannot annotate 'file': the engine has died");
  assert.deepEqual(log.lines, [
    "trace: Cannot annotate 'file': kept elsewhere",
    "warn: Cannot annotate 'file': the engine has died",
  ]);
  const annotated = documents.demand(document);
  (await next()).answer(lines);
  assert.equal(await annotated, undefined);
  // What is known stays while the repository cannot be read.
  change({});
  const again = documents.demand(document);
  (await next()).answer({ kind: 'unavailable', message: 'kept elsewhere' });
  assert.equal(await again, undefined);
});

test('a change during a request leads to another one: a key, and a commit', { timeout: 60_000 }, async t => {
  const { documents, document, change, model, next, asked } = start(t);
  const demanded = documents.demand(document);
  const first = await next();
  change({ isDirty: true });
  documents.want(document);
  assert.equal(asked.length, 0, 'one at a time');
  first.answer(lines);
  await demanded;
  const second = await next();
  assert.equal(second.query.text, 'caf\u00e9\n');
  model.head = { firstParent: 'b'.repeat(40) };
  documents.want(document);
  second.answer({ kind: 'unavailable', message: 'just replaced' });
  const third = await next();
  // This time nothing has changed.
  documents.want(document);
  third.answer(lines);
  assert.equal(await documents.demand(document), undefined);
  assert.equal(await documents.demand(document), undefined);
  assert.equal(asked.length, 0);
});

test('the engine gets the bytes that a save would write, whatever the encoding', { timeout: 60_000 }, async t => {
  const { documents, document, change, next } = start(t);
  const textOf = async (): Promise<unknown> => {
    documents.want(document);
    const { query, answer } = await next();
    answer(lines);
    await documents.demand(document);
    return [query.text, query.isEncoded];
  };
  // All requests are for a large file, too: then none follows.
  const demanded = documents.demand(document);
  (await next()).answer(lines);
  await demanded;
  change({ isDirty: true });
  assert.deepEqual(await textOf(), ['caf\u00e9\n', undefined]);
  change({ encoding: 'windows1252' });
  assert.deepEqual(await textOf(), ['caf\xe9\n', true]);
  change({ isDirty: false });
  assert.deepEqual(await textOf(), [undefined, undefined]);
});
