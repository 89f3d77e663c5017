// Blame of documents over the engine, as the settings have it, beside the real hg: revisions and white space that are
// ignored, and unsaved texts in an encoding that is not UTF-8.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test, type TestContext } from 'node:test';
import type { TextDocument } from 'vscode';
import type { CommandContext } from '../../src/extension/commands/commands.ts';
import {
  AnnotateFile,
  ReadFileHistory,
  type AnnotateQuery,
  type FileAnnotation,
} from '../../src/server/historyProtocol.ts';
import { RecordingLogger } from '../support/recordingLogger.ts';
import { ServedRepository } from '../support/servedRepository.ts';
import { settings, Uri } from '../unit/extension/fakeVscode.ts';

const { BlamedDocuments } = await import('../../src/extension/features/blame/blamedDocuments.ts');

const TEMPLATE = '{lines % "{rev} "}';
const DEFAULT_FILE = '.hg-annotate-ignore-revs';

async function start(t: TestContext) {
  const served = new ServedRepository(() => undefined);
  t.after(() => served.dispose());
  t.after(() => settings.clear());
  const commit = (text: string): string => {
    fs.writeFileSync(path.join(served.root, 'f'), text, 'latin1');
    served.hg('commit', '-q', '-A', '-m', 'x', '-d', '0 0');
    return served.hg('log', '-r', '.', '-T', '{node}');
  };
  const nodes = [
    'a\nb caf\xe9\nc\nd\n',
    'a\n  b caf\xe9\nc\nd\n',
    'a\n  b caf\xe9\nC\nd\n',
    'a\n  b caf\xe9\nC\nD\n',
  ].map(commit);
  await served.open();
  const rootUri = Uri.file(served.root);
  const repository = { root: served.root, rootUri, model: { head: undefined } };
  const queries: AnnotateQuery[] = [];
  const request = async (_: unknown, query: AnnotateQuery): Promise<unknown> => {
    queries.push(query);
    const value: FileAnnotation = await served.history(AnnotateFile, query);
    return { kind: 'answer', value };
  };
  const context = {
    client: { request },
    repositories: { locate: () => ({ value: repository, path: 'f' }) },
    log: new RecordingLogger(),
  };
  const documents = new BlamedDocuments(context as unknown as CommandContext);
  t.after(() => documents.dispose());
  const document = {
    uri: Uri.file(`${served.root}/f`),
    version: 1,
    isDirty: false,
    encoding: 'windows1252',
    getText: () => '',
  };
  const shown = document as unknown as TextDocument;
  /** The revision of each line, -1 for one that is not committed. */
  const blamed = async (): Promise<number[]> => {
    assert.equal(await documents.demand(shown), undefined);
    const lines = documents.get(shown)!;
    return Array.from({ length: lines.count }, (_, at) => lines.originOf(at)?.changeset.changeset.revision ?? -1);
  };
  const annotated = (...options: readonly string[]): number[] => {
    const output = served.hg('annotate', '-T', TEMPLATE, ...options, 'f');
    return output
      .trim()
      .split(' ')
      .map(rev => (rev === '2147483647' ? -1 : Number(rev)));
  };
  return { served, nodes, document, queries, blamed, annotated };
}

test('the settings name the changesets that blame passes over, and ignore white space', async t => {
  const { served, nodes, queries, blamed, annotated } = await start(t);
  const write = (name: string, text: string): void => {
    fs.mkdirSync(path.dirname(path.join(served.root, name)), { recursive: true });
    fs.writeFileSync(path.join(served.root, name), text);
  };
  const plain = annotated();
  assert.deepEqual(plain, [0, 1, 2, 3]);
  assert.deepEqual(await blamed(), plain);

  settings.set('quicksilver.blame.ignoreWhitespace', true);
  assert.deepEqual(annotated('-w'), [0, 0, 2, 3]);
  assert.deepEqual(await blamed(), annotated('-w'));
  settings.set('quicksilver.blame.ignoreWhitespace', false);
  assert.deepEqual(await blamed(), plain);

  // Without a setting, a file of one name counts, if it is there.
  write(DEFAULT_FILE, `# reformatted\n\n  ${nodes[2]!}  # why\nno id\n${nodes[3]!.slice(0, 11)}\n`);
  assert.deepEqual(annotated('--skip', '2'), [0, 1, 0, 3]);
  assert.deepEqual(await blamed(), annotated('--skip', '2'));
  write(DEFAULT_FILE, `${'0123456789'.repeat(4)}\r\n${nodes[3]!.slice(0, 12).toUpperCase()}\r\n`);
  assert.deepEqual(await blamed(), annotated('--skip', '3'));

  // With one, only the file that it names.
  settings.set('quicksilver.blame.ignoreRevisions', 'tools/ignored');
  assert.deepEqual(await blamed(), plain, 'it is not there');
  write('tools/ignored', `${nodes[1]!}\n${nodes[2]!}\n`);
  assert.deepEqual(annotated('--skip', '1', '--skip', '2'), [0, 0, 0, 3]);
  assert.deepEqual(await blamed(), annotated('--skip', '1', '--skip', '2'));
  settings.set('quicksilver.blame.ignoreWhitespace', true);
  assert.deepEqual(await blamed(), annotated('-w', '--skip', '1', '--skip', '2'));

  // A value that is not allowed is none, and what is known is not asked for again.
  settings.set('quicksilver.blame.ignoreWhitespace', 'yes');
  settings.set('quicksilver.blame.ignoreRevisions', 1);
  assert.deepEqual(await blamed(), annotated('--skip', '3'));
  const count = queries.length;
  assert.deepEqual(await blamed(), annotated('--skip', '3'));
  assert.equal(queries.length, count);
});

test('if the setting is off, the section [annotate] counts', async t => {
  const { served, blamed, annotated } = await start(t);
  fs.appendFileSync(path.join(served.root, '.hg/hgrc'), '[annotate]\nignorews = yes\n');
  await served.hint('.hg');
  assert.deepEqual(annotated(), [0, 0, 2, 3]);
  assert.deepEqual(await blamed(), annotated());
});

test('an unsaved document in another encoding has the lines that it has when it is saved', async t => {
  const { served, document, blamed, annotated, queries } = await start(t);
  const text = 'new\na\n  b caf\u00e9\nC \u00fc\nD\n';
  Object.assign(document, { version: 2, isDirty: true, getText: () => text });
  const unsaved = await blamed();
  assert.equal(queries.at(-1)?.isEncoded, true);
  // The third line of the text is the second one on disk.
  const query = { path: 'f', lines: { first: 2, end: 3 }, limit: 9, text: queries.at(-1)!.text!, isEncoded: true };
  const { items } = await served.history(ReadFileHistory, query);
  assert.deepEqual(
    items.map(({ changeset }) => changeset.revision),
    [1, 0],
  );
  fs.writeFileSync(path.join(served.root, 'f'), text, 'latin1');
  assert.deepEqual(annotated('-r', 'wdir()'), [-1, 0, 1, -1, 3]);
  assert.deepEqual(unsaved, annotated('-r', 'wdir()'));
});
