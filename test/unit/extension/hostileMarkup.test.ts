// Every text that a command shows, in a repository in which each name is a link, an icon and what is not seen, with an hg
// that answers and fails with the same: nothing of it is markup where it is shown.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { delimiter } from 'node:path';
import { test, type TestContext } from 'node:test';
import { nextTurn } from '../../../src/base/async.ts';
import type { HgCommandName } from '../../../src/extension/contributions/commands.ts';
import { COMMAND_NAMES, CommandBench, person } from '../../support/commandBench.ts';
import { FAKE_HG } from '../../support/hostileNames.ts';
import { pages, shown, Uri } from './fakeVscode.ts';

const TIMEOUT_MS = 120_000;
const NAME = '](command:x) $(flame) [hostile](command:hostile.run) <b>x</b>\u202e\u200b';
/** A name of a branch has no colon, and that of a shelf no slash. */
const REF = NAME.replaceAll(':', '');
const SHELF = NAME.replaceAll('/', '');
const FAILURE = `abort: ${NAME}\x1b[31m\nhint: ${NAME}\n`;

const CONTROL = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/;
const LINK = /\]\((?:https?:|command:|file:)/i;
const ICON = /\$\([\w~-]+\)/;
/** VS Code takes these for markup, at the places that are not plain text. */
const MARKUP: Readonly<Record<string, readonly RegExp[]>> = {
  info: [LINK],
  warning: [LINK],
  error: [LINK],
  progress: [LINK],
  report: [LINK],
  input: [LINK, ICON],
  pick: [ICON],
};
/** Plain text in lists and input boxes. The title of a progress notification is not. */
const PLAIN = new Set(['title', 'placeHolder', 'tooltip']);
/** What comes back as it is, or is no text to show. */
const NOT_SHOWN = new Set(['item', 'id', 'value', 'node', 'path', 'source', 'words', 'command', 'arguments']);
/** Editors and the clipboard get contents, and commands of VS Code their arguments. */
const CONTENT = new Set(['editor', 'clipboard']);

function textsOf(value: unknown, key = ''): [key: string, text: string][] {
  if (typeof value === 'string') return [[key, value]];
  if (typeof value !== 'object' || value === null || value instanceof Uri) return [];
  return Object.entries(value).flatMap(([name, field]) => (NOT_SHOWN.has(name) ? [] : textsOf(field, name)));
}

/** A modal dialog is plain text. */
function isModal([, options]: readonly unknown[]): boolean {
  return typeof options === 'object' && options !== null && 'modal' in options;
}

/** Returns true if a hostile name was shown. */
function assertHarmless(command: string): boolean {
  let isSeen = false;
  for (const { place, given } of shown.filter(each => !CONTENT.has(each.place))) {
    for (const [key, text] of textsOf(given)) {
      const own = text.replace(/^\$\([\w~-]+\) /, '');
      isSeen ||= own.includes('hostile.run');
      const isPlain = isModal(given) || (PLAIN.has(key) && place !== 'progress');
      for (const harmful of [CONTROL, ...(isPlain ? [] : (MARKUP[place] ?? []))]) {
        assert.doesNotMatch(own, harmful, `${command}, ${place}`);
      }
    }
  }
  return isSeen;
}

async function hostileBench(t: TestContext, variables: Readonly<Record<string, string>>): Promise<CommandBench> {
  const bench = await CommandBench.start(t, {
    prepare: sandbox => {
      const hg = (...args: readonly string[]): void => void sandbox.hg('repo', args);
      const write = (text: string, name = fileName('file')): void =>
        sandbox.write('repo', Buffer.from(name, 'utf8').toString('latin1'), text);
      write('one\n');
      hg('commit', '-q', '--addremove', '--user', `Eve ${NAME}`, `--message=first ${NAME}`);
      hg('branch', '-q', '--', REF);
      write('two\nlines\n');
      hg('commit', '-q', '--user', `Eve ${NAME}`, `--message=second ${NAME}\n\nbody ${NAME}`);
      hg('bookmark', '--', `bookmark ${REF}`);
      hg('tag', '--local', '--', `tag ${REF}`);
      write('changed\n');
      write('', fileName('new'));
      for (const end of ['shelve', 'patch', 'hg']) write('', `.hg/shelved/${SHELF}.${end}`);
      sandbox.write('repo', '.hg/hgrc', `[paths]\ndefault = ./${NAME}\n${NAME.replace(/^./, '')} = /nowhere\n`);
      fs.mkdirSync(sandbox.path('bin'));
      fs.writeFileSync(sandbox.path('bin/hg'), FAKE_HG, { mode: 0o755 });
    },
    variables: sandbox => ({
      PATH: `${sandbox.path('bin')}${delimiter}${process.env['PATH']}`,
      FAKE_NAME: NAME,
      FAKE_SHELF: SHELF,
      FAKE_LOG: sandbox.path('words'),
      ...variables,
    }),
  });
  person.row = rows => rows.find(({ label }) => label.includes('hostile')) ?? rows[0];
  person.text = value => (value === '' ? NAME : value);
  bench.repository.view.sourceControl.inputBox.value = NAME;
  return bench;
}

/** A name of a file has no slash. */
function fileName(prefix: string): string {
  return `${prefix} ${NAME.replaceAll('/', '')}`;
}

/** Files for the commands that want some. */
function argumentsOf(bench: CommandBench, command: HgCommandName): readonly unknown[] {
  const [file, untracked] = [bench.uri(fileName('file')), bench.uri(fileName('new'))];
  if (command === 'recordRenames') return [[{ oldUri: file, newUri: bench.uri('moved') }], 'always'];
  if (/^(?:add|deleteUntracked|ignore)$/.test(command)) return [untracked, [untracked]];
  return /[fF]ile|revert|remove|forget|mark|mergeAgain|include|exclude/.test(command) ? [file, [file]] : [];
}

/** Commands that list or name what is in the repository, and those that fail with the words of hg. */
const LISTING =
  'recentCommitMessages remove renameFile copyFile revert deleteUntracked ignore update mergeWith unshelve showShelved ' +
  'moveBookmark renameBookmark deleteBookmark activateBookmark deleteTag pull push incoming outgoing showDrafts fileHistory ' +
  'fileHistory.openChange fileHistory.openChangeset fileHistory.openVersion fileHistory.compareSelected';
const FAILING = `${LISTING} commitAll undoCommit add forget addRemove newBranch shelve createBookmark createTag`;

for (const [title, variables, expected] of [
  ['hg answers', {}, LISTING],
  ['hg fails', { FAKE_FAILURE: FAILURE }, FAILING],
] as const) {
  test(`no command shows markup of others where ${title}`, async t => {
    const bench = await hostileBench(t, variables);
    const seen = new Set<string>();
    for (const command of COMMAND_NAMES) {
      await bench.run(command, ...argumentsOf(bench, command));
      if (assertHarmless(command)) seen.add(command);
    }
    assert.deepEqual(
      expected.split(' ').filter(command => !seen.has(command)),
      [],
      'these showed no name',
    );
  });
}

test('the page of the graph gets no text that hides or reorders', { timeout: TIMEOUT_MS }, async t => {
  const bench = await hostileBench(t, {});
  await bench.run('graph.openInEditor');
  const page = pages.at(-1)!;
  assert.doesNotMatch(page.webview.html, /hostile/);
  const node = bench.hg('log', '--rev', '.', '--template', '{node}');
  const answers: [message: object, answer: string][] = [
    [{ type: 'ready' }, 'opened'],
    [{ type: 'rows', view: 1, first: 0, count: 10 }, 'rows'],
    [{ type: 'details', node }, 'details'],
    [{ type: 'find', words: 'hostile' }, 'found'],
    [{ type: 'open', node }, ''],
  ];
  for (const [message, answer] of answers) {
    shown.length = 0;
    page.send(message);
    await until(() => shown.length > 0, t.signal);
    assert.ok(assertHarmless(JSON.stringify(message)), 'a name was shown');
    const [{ place, given } = { place: '', given: [] }] = shown;
    if (answer === '') assert.equal(place, 'vscode.changes');
    else assert.equal((given[0] as { readonly type: string }).type, answer);
  }
  for (const command of ['graph.filter', 'graph.openChanges'] as const) {
    await bench.run(command, { node: bench.hg('log', '--rev', '0', '--template', '{node}') });
    assert.ok(assertHarmless(command), `${command} shows a name`);
  }
});

/** Throws when the test has timed out: a loop that went on would keep the process alive. */
async function until(isTrue: () => boolean, signal: AbortSignal): Promise<void> {
  while (!isTrue()) {
    signal.throwIfAborted();
    await nextTurn();
  }
}
