// Every place where the extension shows text, given the most hostile text there is; and that there is no way past these doors.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Linter } from 'eslint';
import type { SourceControl } from 'vscode';
import * as fake from './fakeVscode.ts';

const { DiagnosticSeverity, ProgressLocation, Range, ThemeColor } = await import('vscode');
const display = await import('../../../src/extension/common/display.ts');

/** A link, icons, Markdown, HTML, a line, controls, and what is not seen. */
const HOSTILE = '](command:x) [L](command:workbench.x?%22) $(lock) \\$(key) <b>**b** `c`\n\x1b[31mM\u202ex\u200b\udc80';
const LINK = /\]\((?:https?:|command:|file:)/i;
const ICON = /\$\([\w~-]+\)/;

/** What the fake VS Code was handed, as one text without the keys. */
function lastShown(place: string): string {
  const found = fake.shown.at(-1);
  assert.equal(found?.place, place);
  return textsOf(found.given);
}

function textsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .filter(([key]) => key !== 'item' && key !== 'action')
    .map(([, each]) => textsOf(each))
    .join(' ');
}

function assertHarmless(text: string, markup: readonly RegExp[] = [], lines = 1): void {
  assert.match(text, /L\]/);
  assert.equal(text.split('\n').length, lines);
  assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\ud800-\udfff]/);
  for (const each of markup) assert.doesNotMatch(text, each);
}

test('notifications have no links, and answer with the action that was given', async () => {
  for (const level of ['info', 'warning', 'error'] as const) {
    await display.notify(level, `a ${HOSTILE}`, `b ${HOSTILE}`);
    assertHarmless(lastShown(level), [LINK]);
  }
  fake.answers.push('a\\x1b');
  assert.equal(await display.notify('info', 'question', 'a\x1b'), 'a\x1b');
});

test('a modal question has as many lines as it was given', async () => {
  await display.modal('warning', HOSTILE, [HOSTILE, HOSTILE], HOSTILE);
  assertHarmless(lastShown('warning'), [], 2);
  assert.deepEqual((fake.shown.at(-1)?.given[1] as { readonly modal: boolean }).modal, true);
});

test('an input box has neither links nor icons in its prompt and its validation; its value stays', async () => {
  await display.input({
    title: HOSTILE,
    prompt: HOSTILE,
    placeHolder: HOSTILE,
    value: 'a\u202e',
    validateInput: () => HOSTILE,
  });
  const [options] = fake.shown.at(-1)!.given as [
    {
      prompt: string;
      title: string;
      placeHolder: string;
      value: string;
      validateInput: (text: string) => Promise<unknown>;
    },
  ];
  assertHarmless(options.title);
  assertHarmless(options.placeHolder);
  assertHarmless(options.prompt, [LINK, ICON]);
  assertHarmless(textsOf(await options.validateInput('')), [LINK, ICON]);
  assert.equal(options.value, 'a\u202e');
});

test('a quick pick has no icons but its own, and answers with the item that was given', async () => {
  const items = [
    { icon: 'tag', label: HOSTILE, description: HOSTILE, detail: HOSTILE },
    { label: HOSTILE, isSeparator: true },
  ];
  await display.pick(items, { title: HOSTILE, placeHolder: HOSTILE });
  const [[first, separator], options] = fake.shown.at(-1)!.given as [{ label: string }[], unknown];
  assert.match(first!.label, /^\$\(tag\) \]/);
  assertHarmless(textsOf(first).replace('$(tag)', ''), [ICON]);
  assertHarmless(textsOf(separator));
  assertHarmless(textsOf(options));
  fake.answers.push({ label: 'shown', item: items[0] });
  assert.equal(await display.pick(items, { placeHolder: '' }), items[0]);
});

test('an item of the status bar has its own icons alone', () => {
  const { title, tooltip } = display.statusBarCommand(
    { command: 'x', title: '' },
    [{ icon: 'git-branch' }, HOSTILE],
    [HOSTILE, 'b'],
  );
  assert.match(title, /^\$\(git-branch\) \]/);
  assertHarmless(title.replace('$(git-branch)', ''), [ICON]);
  assertHarmless(tooltip!, [], 2);
});

test('an item of the status bar comes from nowhere else', () => {
  const item = { command: 'x', title: '$(verified) default' };
  // @ts-expect-error: a Command of VS Code is none that statusBarCommand has made.
  display.setStatusBarCommands({} as SourceControl, [item]);
});

test('labels, hovers and titles are single lines, or the lines they were given', async () => {
  const sourceControl = display.createSourceControl('id', HOSTILE, fake.Uri.file('/r'));
  assertHarmless(sourceControl.label);
  const group = display.createGroup(sourceControl, 'id', HOSTILE);
  assertHarmless(group.label);
  group.label = '';
  display.setGroupLabel(group, HOSTILE);
  assertHarmless(group.label);
  display.setPlaceholder(sourceControl.inputBox, HOSTILE);
  assertHarmless(sourceControl.inputBox.placeholder);
  assertHarmless(display.rowDecorations([HOSTILE, 'b'], {}).tooltip!, [], 2);
  assertHarmless(display.fileDecoration('M', HOSTILE, new ThemeColor('a')).tooltip!);
  assertHarmless(display.diagnostic(new Range(0, 0, 0, 0), HOSTILE, DiagnosticSeverity.Error).message);
  const item = display.treeItem({ label: HOSTILE, description: HOSTILE, hover: [HOSTILE, 'b'], spoken: HOSTILE });
  assertHarmless(item.label as string);
  assertHarmless(item.description as string);
  assertHarmless(item.tooltip as string, [], 2);
  assertHarmless(item.accessibilityInformation!.label);
  const uri = fake.Uri.file('/f');
  await display.openDiff(uri, uri, HOSTILE);
  assertHarmless(lastShown('vscode.diff'));
  await display.openDiffs(HOSTILE, []);
  assertHarmless(lastShown('vscode.changes'));
  await display.openUri(uri, {}, HOSTILE);
  assertHarmless(lastShown('vscode.open'));
  const side = { uri, title: HOSTILE, description: HOSTILE };
  await display.openInMergeEditor(uri, [side, side], uri);
  assertHarmless(lastShown('_open.mergeEditor'), [ICON]);
});

test('Markdown is what was written in the code, and foreign text is text', () => {
  assert.equal(display.markdown`**${'a*'}** ${'[x](y)'}`.value, '**a&#42;** &#91;x&#93;&#40;y&#41;');
});

test('progress, errors of files and the log', async () => {
  const location = ProgressLocation.SourceControl;
  await display.progress({ location, title: HOSTILE }, report => {
    report(HOSTILE);
    return Promise.resolve();
  });
  assertHarmless(lastShown('report'), [LINK]);
  assertHarmless(textsOf(fake.shown.at(-2)), [LINK]);
  assertHarmless(display.fileNotFound(HOSTILE).message, [LINK]);
  assertHarmless(display.fileUnavailable(HOSTILE).message, [LINK]);
  const log = display.createLog('log');
  log.error(`${HOSTILE}\n2026-01-01 [info] pretended`);
  assertHarmless(lastShown('log').trim(), [/\n(?! {4})/], 3);
});

test('ESLint refuses every way past these doors', async () => {
  const { default: all } = (await import(new URL('../../../eslint.config.mjs', import.meta.url).href)) as {
    readonly default: readonly Linter.Config[];
  };
  const parser = all.find(({ languageOptions }) => languageOptions?.['parser'] !== undefined)?.languageOptions?.[
    'parser'
  ];
  assert.ok(parser);
  const configs = [
    { files: ['**/*.ts'], languageOptions: { parser } },
    ...all
      .filter(({ rules }) => rules?.['no-restricted-syntax'] !== undefined)
      .map(({ files, ignores, rules }) => ({
        ...(files && { files }),
        ...(ignores && { ignores }),
        ...(rules && { rules }),
      })),
  ];
  const linter = new Linter({ configType: 'flat' });
  const problems = (code: string, file = 'src/extension/features/update/shelves.ts'): number =>
    linter.verify(code, configs, file).length;
  const refused = [
    'void window.showInformationMessage(message);',
    'await window.showWarningMessage(message, { modal: true });',
    'window.showErrorMessage(message);',
    'window.showInputBox({ prompt });',
    'window.showQuickPick(items);',
    'window.createQuickPick();',
    'window.createStatusBarItem();',
    'window.withProgress({ title }, work);',
    "window['showErrorMessage'](message);",
    'const { showErrorMessage } = window;',
    'const other = window;',
    "import { window as other } from 'vscode';",
    "import * as vscode from 'vscode';",
    "import { MarkdownString } from 'vscode';",
    "import { TreeItem } from 'vscode';",
    "import { scm } from 'vscode';",
    "import { Hover } from 'vscode';",
    'sourceControl.statusBarCommands = items;',
    'inputBox.placeholder = text;',
    'item.tooltip = text;',
    'group.label = text;',
    'const row = { tooltip: text };',
    'throw FileSystemError.Unavailable(message);',
    "commands.executeCommand('vscode.diff', a, b, title);",
    "commands.executeCommand('vscode.open', a, {}, title);",
  ];
  for (const code of refused) assert.equal(problems(code), 1, code);
  const accepted = [
    'window.showTextDocument(document);',
    "import type { TreeItem } from 'vscode';",
    'notify(message);',
  ];
  for (const code of accepted) assert.equal(problems(code), 0, code);
  assert.equal(problems('window.showErrorMessage(message);', 'src/extension/common/display.ts'), 0);
  assert.equal(problems('process.stdout.write(name);', 'src/cli/cat.ts'), 1);
});
