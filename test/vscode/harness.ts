// What the extension tests use to see the world: their scenario, the rendered window, the recorded calls of hg, and
// waiting for events instead of time.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import type * as vscode from 'vscode';

/** What the workspace.mjs of the running scenario built. */
export interface Scenario {
  /** The folder that belongs to this run alone: absolute, without symbolic links. */
  readonly directory: string;
  /** Whatever `prepare` returned as `data`. */
  readonly data: Readonly<Record<string, string>>;
  /** The user's settings. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A row of the Explorer as it is drawn. */
export interface ExplorerRow {
  readonly name: string;
  /** The letters of the file decorations, e.g. "M"; empty when there are none. */
  readonly letter: string;
  /** The computed colour of the name, e.g. "rgb(226, 192, 141)". */
  readonly color: string;
  /** The path and the tooltips of the file decorations, e.g. "/tmp/w/alpha.txt • Modified". */
  readonly label: string;
}

/** An item of the status bar as it is drawn. */
export interface StatusBarItem {
  readonly id: string;
  readonly text: string;
  readonly label: string;
}

/** What to wait for: labels that contain these texts, and no label that contains those. */
export interface Awaited {
  readonly until?: readonly string[];
  readonly gone?: readonly string[];
  /** Milliseconds after which the call fails. */
  readonly timeout?: number;
}

/** A call that the recording hg has seen. */
export interface HgCall {
  readonly args: readonly string[];
  readonly cwd: string;
}

const waitTimeout = 120_000; // Milliseconds; an upper bound, never a pause.

/** The scenario in which this test runs. */
export function scenario(): Scenario {
  return JSON.parse(setting('QUICKSILVER_SCENARIO')) as Scenario;
}

/** Whether the window can be read: it can in the VS Code server, and cannot in the desktop VS Code. */
export function hasUi(): boolean {
  return process.env['QUICKSILVER_TEST_UI'] !== undefined;
}

/**
 * The rendered window, as a user sees it. Only when `hasUi()`; a test that needs it says so with
 * `before(function () { if (!hasUi()) this.skip(); })`.
 */
export const ui = {
  /** Labels of the rows in the Source Control view; opens the view. */
  sourceControlRows: (awaited: Awaited = {}): Promise<string[]> => ask('sourceControlRows', awaited),
  /** Rows of the Explorer; opens it. Folders must be expanded first. */
  explorerRows: (awaited: Awaited = {}): Promise<ExplorerRow[]> => ask('explorerRows', awaited),
  expandFolder: (name: string): Promise<void> => ask('expandFolder', name),
  /** The number on the Source Control icon; `until` waits for that number. */
  badge: (awaited: { readonly until?: number } = {}): Promise<string | undefined> => ask('badge', awaited),
  statusBarItems: (awaited: { readonly until?: string } = {}): Promise<StatusBarItem[]> =>
    ask('statusBarItems', awaited),
  /** The marks of changes beside the lines of the first editor, as "modified 2"; `until` waits until they are these. */
  gutterMarks: (awaited: { readonly until?: readonly string[]; readonly timeout?: number } = {}): Promise<string[]> =>
    ask('gutterMarks', awaited),
  /**
   * Rows of a view below the Source Control view, as label and description. Waits for `until`, and until no row has
   * one of the texts `without`; `gone` waits until there is no such view.
   */
  viewRows: (
    title: string,
    awaited: { readonly until?: readonly string[]; readonly without?: readonly string[]; readonly gone?: boolean } = {},
  ): Promise<string[]> => ask('viewRows', title, awaited),
  clickViewRow: (title: string, text: string): Promise<void> => ask('clickViewRow', title, text),
  /** Labels of the buttons in the title of a view in the Source Control view; waits for `until`, and until `gone` are not there. */
  viewActions: (
    title: string,
    awaited: { readonly until?: readonly string[]; readonly gone?: readonly string[] } = {},
  ): Promise<string[]> => ask('viewActions', title, awaited),
  /** Labels of the buttons in the row of a repository, by its folder's name, where there are several; waits as above. */
  repositoryActions: (
    name: string,
    awaited: { readonly until?: readonly string[]; readonly gone?: readonly string[] } = {},
  ): Promise<string[]> => ask('repositoryActions', name, awaited),
  /** Types into the open input box, waits until its message contains `until`, and accepts unless told not to. */
  answerInput: (text: string, awaited: { readonly until?: string; readonly accept?: boolean } = {}): Promise<void> =>
    ask('answerInput', text, awaited),
  /** All that the list or input box that is open shows and has read; waits until it has these texts. */
  quickInput: (awaited: { readonly until?: readonly string[] } = {}): Promise<string> => ask('quickInput', awaited),
  /** The links to "hostile" and the icons "flame" that the window shows. */
  markup: (): Promise<string[]> => ask('markup'),
  /** The text of the hover in the editor; waits until it has these texts. */
  hover: (awaited: { readonly until: readonly string[]; readonly timeout?: number }): Promise<string> =>
    ask('hover', awaited),
  /** The page of the graph in an editor: clicks the first row, and waits until rows and details have these texts. */
  graphPage: (awaited: {
    readonly until: readonly string[];
  }): Promise<{ readonly texts: readonly string[]; readonly elements: readonly string[] }> => ask('graphPage', awaited),
  /** Types into the first input box of the Source Control view and presses Ctrl+Enter there. */
  commitByKey: (text: string): Promise<void> => ask('commitByKey', text),
  /** The texts in the merge editor; `until` waits for all of these. */
  mergeEditor: (awaited: { readonly until?: readonly string[] } = {}): Promise<string> => ask('mergeEditor', awaited),
  openFile: (name: string): Promise<void> => ask('openFile', name),
  /** Presses Trust in VS Code's editor for workspace trust, which is to be open: `workbench.trust.manage`. */
  trustWorkspace: (): Promise<void> => ask('trustWorkspace'),
  welcomeTexts: (awaited: { readonly until?: string } = {}): Promise<string[]> => ask('welcomeTexts', awaited),
  /** The texts of the notifications that are shown; `until` waits for one that contains this text. */
  notifications: (awaited: { readonly until?: string } = {}): Promise<string[]> => ask('notifications', awaited),
  /** The texts of the list, input box, dialogs, notifications and views that are open, for reports. */
  shown: (): Promise<string> => ask('shown'),
  screenshot: (file: string): Promise<void> => ask('screenshot', file),
};

/** The calls of hg since the workspace was opened, when the scenario took `fakeHg()` into its environment. */
export function hgCalls(): HgCall[] {
  const lines = readFileSync(setting('QUICKSILVER_FAKE_HG_LOG'), 'utf8').split('\n');
  return lines.filter(line => line !== '').map(line => JSON.parse(line) as HgCall);
}

/**
 * Waits until `condition` holds: it is asked now and again after each of `events`, never by the clock. Rejects, with
 * `what` in the message, when it does not hold in time.
 */
export function until(
  what: string,
  condition: () => boolean,
  ...events: readonly vscode.Event<unknown>[]
): Promise<void> {
  return new Promise((resolve, reject) => {
    const listeners: vscode.Disposable[] = [];
    const settle = (error?: Error): void => {
      clearTimeout(timer);
      for (const listener of listeners) listener.dispose();
      if (error === undefined) resolve();
      else reject(error);
    };
    const timer = setTimeout(() => settle(new Error(`gave up waiting until ${what}`)), waitTimeout);
    const check = (): void => {
      try {
        if (condition()) settle();
      } catch (error) {
        settle(new Error(`while waiting until ${what}`, { cause: error }));
      }
    };
    for (const event of events) listeners.push(event(check));
    check();
  });
}

/** An environment variable that the program which starts VS Code always sets. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: start the tests with scripts/test-vscode.mjs`);
  return value;
}

async function ask<Result>(operation: string, ...args: readonly unknown[]): Promise<Result> {
  const socket = connect(Number(setting('QUICKSILVER_TEST_UI')), '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write(`${JSON.stringify({ operation, args })}\n`);
    for await (const line of createInterface({ input: socket })) {
      const answer = JSON.parse(line) as { result: Result; error?: string };
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer.result;
    }
    throw new Error(`the window closed before it answered ui.${operation}`);
  } finally {
    socket.destroy();
  }
}
