// Files without annotations, in a repository of the real hg: each command that wants lines names the reason.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test, type TestContext } from 'node:test';
import { CommandBench } from '../support/commandBench.ts';
import type { HgSandbox } from '../support/hgSandbox.ts';
import { shown, window } from '../unit/extension/fakeVscode.ts';

const LARGE_LINES = 30_001;

function prepare(sandbox: HgSandbox): void {
  const hg = (...args: readonly string[]): void => void sandbox.hg('repo', args);
  fs.appendFileSync(sandbox.path('repo/.hg/hgrc'), '[extensions]\nlargefiles =\n');
  sandbox.write('repo', 'text', 'one\n');
  sandbox.write('repo', 'binary', '\0');
  sandbox.write('repo', 'long', 'line\n'.repeat(LARGE_LINES));
  sandbox.write('repo', 'large', 'large\n');
  sandbox.write('repo', 'damaged', 'damaged\n');
  hg('add', '--large', 'large');
  hg('commit', '-q', '--addremove', '-m', 'first');
  sandbox.write('repo', 'untracked', 'untracked\n');
  fs.truncateSync(sandbox.path('repo/.hg/store/data/damaged.i'), 70);
}

interface FakeEditor {
  readonly document: { readonly uri: { toString(): string } };
  readonly annotated: number[];
}

/** Opens editors, of which the last one is active. */
function openEditors(t: TestContext, bench: CommandBench, ...names: readonly string[]): FakeEditor[] {
  const editors = names.map(name => {
    const text = fs.readFileSync(bench.uri(name).path, 'utf8');
    const document = {
      ...{ uri: bench.uri(name), version: 1, isDirty: false, encoding: 'utf8', getText: () => text },
      lineCount: text.split('\n').length,
      lineAt: () => ({ text: 'x', range: { end: {} } }),
    };
    const annotated: number[] = [];
    const setDecorations = (_: unknown, options: readonly unknown[]): void => void annotated.push(options.length);
    return { document, annotated, selection: { active: { line: 0 } }, setDecorations };
  });
  window.visibleTextEditors = editors;
  window.activeTextEditor = editors.at(-1) as never;
  t.after(() => {
    window.visibleTextEditors = [];
    window.activeTextEditor = undefined;
  });
  return editors;
}

function messages(): unknown[] {
  return shown.filter(({ place }) => place === 'info').map(({ given }) => given[0]);
}

const REASONS: Readonly<Record<string, RegExp>> = {
  binary: /^'binary' is a binary file\.$/,
  large: /^'large' is a large file\. /,
  untracked: /^'untracked' is not in the parent changeset\.$/,
  damaged: /^Cannot annotate 'damaged': .*data\/damaged\.i/,
};

test('a command names the reason where a file has no annotation', async t => {
  const bench = await CommandBench.start(t, { prepare });
  for (const [name, reason] of Object.entries(REASONS)) {
    openEditors(t, bench, name);
    for (const command of ['blame.toggleFileAnnotations', 'blame.openChanges', 'blame.annotateBefore'] as const) {
      await bench.run(command);
      assert.equal(messages().length, 1, `${command} ${name}`);
      assert.match(String(messages()[0]), reason, command);
    }
  }
});

test('the Explorer names the file, which no text editor may show', async t => {
  const bench = await CommandBench.start(t, { prepare });
  openEditors(t, bench, 'text');
  for (const [name, reason] of Object.entries(REASONS)) {
    await bench.run('blame.toggleFileAnnotations', bench.uri(name));
    assert.deepEqual(
      shown.filter(({ place }) => place === 'vscode.open').map(({ given }) => String(given[0])),
      [String(bench.uri(name))],
    );
    assert.match(String(messages()[0]), reason);
  }
});

test('files with lines are annotated without a message, the named one and not the active one', async t => {
  const bench = await CommandBench.start(t, { prepare });
  for (const name of ['text', 'long']) {
    const [named, active] = openEditors(t, bench, name, 'large');
    await bench.run('blame.toggleFileAnnotations', bench.uri(name));
    assert.deepEqual(messages(), []);
    assert.ok(
      named!.annotated.some(count => count > 0),
      name,
    );
    assert.ok(!active!.annotated.some(count => count > 0));
  }
});
