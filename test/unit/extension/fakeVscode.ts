// Stands for `vscode` where a part of the extension that calls it has something to count. Whoever imports this first can then
// import such a part, with `await import()`: it gets this module. It has what those parts use, and remembers what it is given.
import { readFileSync } from 'node:fs';
import { appendFile, lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { register } from 'node:module';
import { dirname } from 'node:path';
import type * as vscode from 'vscode';
import { Emitter, type Disposable } from '../../../src/base/lifecycle.ts';
import { nothing, Page, pages, QuickPick, recorded, shown, Tree, type RowProvider } from './fakeUser.ts';

export { answers, pages, Pressed, shown, Typed, user } from './fakeUser.ts';

/** All values that VS Code exports, by its types. Those that are not here are classes that do nothing. */
const NAMES = [
  ...readFileSync(new URL('../../../node_modules/@types/vscode/index.d.ts', import.meta.url), 'utf8').matchAll(
    /^\s{1,4}export (?:abstract )?(?:class|enum|namespace|const|let|function) (\w+)/gm,
  ),
].map(([, name]) => name!);
const MODULE = `import * as fake from ${JSON.stringify(import.meta.url)};
${[...new Set(NAMES)].map(name => `export const ${name} = fake.${name} ?? class {};`).join('\n')}`;

register(
  `data:text/javascript,${encodeURIComponent(
    `export const resolve = async (name, context, next) =>
      name === 'vscode' ? { url: ${JSON.stringify(`data:text/javascript,${encodeURIComponent(MODULE)}`)}, shortCircuit: true } : next(name, context);`,
  )}`,
);

export class Uri {
  readonly scheme: string;
  readonly path: string;

  constructor(scheme: string, path: string) {
    this.scheme = scheme;
    this.path = path;
  }

  static file(path: string): vscode.Uri {
    return new Uri('file', path) as unknown as vscode.Uri;
  }

  static from({ scheme, path }: { readonly scheme: string; readonly path: string }): Uri {
    return new Uri(scheme, path);
  }

  with({ path }: { readonly path: string }): Uri {
    return new Uri(this.scheme, path);
  }

  static joinPath(uri: Uri, ...parts: readonly string[]): Uri {
    return new Uri(uri.scheme, [uri.path, ...parts].join('/'));
  }

  get fsPath(): string {
    return this.path;
  }

  toString(): string {
    return `${this.scheme}://${this.path}`;
  }
}

/** A group of rows, and how often and with how many rows its list was set. */
export class Group {
  readonly id: string;
  label: string;
  hideWhenEmpty = false;
  /** Of each list that was set, its length. */
  readonly lengths: number[] = [];
  #rows: readonly unknown[] = [];

  constructor(id: string, label: string) {
    this.id = id;
    this.label = label;
  }

  get resourceStates(): readonly unknown[] {
    return this.#rows;
  }

  set resourceStates(rows: readonly unknown[]) {
    this.#rows = rows;
    this.lengths.push(rows.length);
  }

  dispose(): void {
    this.#rows = [];
  }
}

export const scm = {
  createSourceControl: (id: string, label: string, rootUri: vscode.Uri) => ({
    id,
    label,
    rootUri,
    inputBox: { value: '', placeholder: '', visible: true, enabled: true },
    createResourceGroup: (groupId: string, groupLabel: string) => new Group(groupId, groupLabel),
    dispose: () => undefined,
  }),
};

const packageJson = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as unknown;

/** An event that tests fire. */
class FakeEvent {
  readonly #emitter = new Emitter<undefined>();
  #size = 0;

  /** How many listen. */
  get size(): number {
    return this.#size;
  }

  readonly listen = (listener: () => void): Disposable => {
    const registration = this.#emitter.event(listener);
    this.#size++;
    return {
      dispose: () => {
        this.#size--;
        registration.dispose();
      },
    };
  };

  fire(): void {
    this.#emitter.fire(undefined);
  }
}

const didChangeExtensions = new FakeEvent();
const didChangeActiveTextEditor = new FakeEvent();

export const extensions = {
  /** The extensions besides Git and this one. */
  all: [] as { readonly id: string; readonly packageJSON: unknown }[],
  isGitEnabled: true,
  didChange: didChangeExtensions,
  onDidChange: didChangeExtensions.listen,
  getExtension: (id: string) =>
    id !== 'vscode.git' || extensions.isGitEnabled ? { packageJSON: packageJson } : undefined,
};

/** Settings that a test changes, by their full names; all others are as they are by default. */
export const settings = new Map<string, unknown>();

const save = async (): Promise<boolean> => Promise.resolve(true);

interface ContentProvider {
  provideTextDocumentContent(uri: vscode.Uri): string | undefined;
}

const providers = new Map<string, ContentProvider>();

export const workspace = {
  registerTextDocumentContentProvider: (scheme: string, provider: ContentProvider) => {
    providers.set(scheme, provider);
    return { dispose: () => providers.delete(scheme) };
  },
  isTrusted: true,
  workspaceFolders: undefined as readonly { readonly uri: vscode.Uri }[] | undefined,
  textDocuments: [] as readonly unknown[],
  onDidChangeWorkspaceFolders: nothing,
  createFileSystemWatcher: () => ({ onDidCreate: nothing, dispose: nothing }),
  onDidChangeTextDocument: nothing,
  onDidCloseTextDocument: nothing,
  onDidSaveTextDocument: nothing,
  openTextDocument: async (uri: vscode.Uri) => {
    const text = providers.get(uri.scheme)?.provideTextDocumentContent(uri) ?? (await readFile(uri.path, 'utf8'));
    const lines = { lineCount: 1, lineAt: () => ({ range: { end: { character: 0 } } }) };
    return { uri, isDirty: false, ...lines, getText: () => text, save };
  },
  /** Of the encodings that are not UTF-8 there is one, with one byte for each character. */
  encode: async (text: string, { encoding }: { readonly encoding: string }) =>
    Promise.resolve(Buffer.from(text, encoding === 'windows1252' ? 'latin1' : 'utf8')),
  /** Texts that are inserted go to the end of the file. */
  applyEdit: async (edit: Edit) => {
    for (const { uri, text } of edit.inserted) await appendFile(uri.path, text);
    return true;
  },
  getConfiguration: (section?: string) => ({
    get: (name: string, otherwise?: unknown) =>
      settings.get(section === undefined ? name : `${section}.${name}`) ?? otherwise,
    inspect: () => undefined,
    update: save,
  }),
  onDidChangeConfiguration: new FakeEvent().listen,
  getWorkspaceFolder: () => undefined,
  asRelativePath: (uri: vscode.Uri) => uri.path,
  fs: {
    readFile: async (uri: vscode.Uri) => readFile(uri.path),
    writeFile: async (uri: vscode.Uri, bytes: Uint8Array) => {
      await mkdir(dirname(uri.path), { recursive: true });
      await writeFile(uri.path, bytes);
    },
    // As VS Code's: a link that leads nowhere has a stat, too.
    stat: async (uri: vscode.Uri) => {
      try {
        const found = await lstat(uri.path);
        const kind = found.isDirectory() ? FileType.Directory : found.isFile() ? FileType.File : FileType.Unknown;
        const type = found.isSymbolicLink() ? FileType.SymbolicLink : kind;
        return { size: found.size, mtime: found.mtimeMs, type };
      } catch (error) {
        throw new FileSystemError(String(error));
      }
    },
    readDirectory: async (uri: vscode.Uri) => (await readdir(uri.path)).map(name => [name, 1]),
    delete: async (uri: vscode.Uri) => rm(uri.path),
  },
};

export const env = { language: 'en', clipboard: { writeText: recorded('clipboard') } };

/** The file in the active tab can be set. */
export const window = {
  createWebviewPanel: (_: string, title: string) => {
    shown.push({ place: 'title', given: [title] });
    const page = new Page();
    pages.push(page);
    return page;
  },
  createQuickPick: () => new QuickPick(),
  activeTextEditor: undefined as { readonly document: { readonly uri: vscode.Uri } } | undefined,
  tabGroups: {
    activeTabGroup: {},
    all: [],
    onDidChangeTabs: () => ({ dispose: () => undefined }),
    close: save,
  } as unknown,
  showTextDocument: recorded('editor'),
  showInformationMessage: recorded('info'),
  showWarningMessage: recorded('warning'),
  showErrorMessage: recorded('error'),
  showInputBox: recorded('input'),
  showQuickPick: recorded('pick'),
  createTreeView: (id: string, options: { readonly treeDataProvider: RowProvider }) => new Tree(id, options),
  didChangeActiveTextEditor,
  onDidChangeActiveTextEditor: didChangeActiveTextEditor.listen,
  onDidChangeTextEditorSelection: nothing,
  onDidChangeVisibleTextEditors: nothing,
  onDidChangeWindowState: nothing,
  visibleTextEditors: [] as readonly unknown[],
  createTextEditorDecorationType: nothing,
  createStatusBarItem: () => ({ show: nothing, hide: nothing, dispose: nothing }),
  showOpenDialog: recorded('folder'),
  createOutputChannel: () => {
    const write = (message: string): void => void shown.push({ place: 'log', given: [message] });
    return { trace: write, debug: write, info: write, warn: write, error: write, logLevel: 2, show: write };
  },
  /** The work that a progress was shown of last. */
  lastProgress: undefined as Promise<unknown> | undefined,
  withProgress: async (
    options: unknown,
    work: (progress: { report(step: unknown): void }, token: unknown) => Promise<unknown>,
  ) => {
    shown.push({ place: 'progress', given: [options] });
    const token = { onCancellationRequested: () => ({ dispose: () => undefined }) };
    const done = work({ report: step => void shown.push({ place: 'report', given: [step] }) }, token);
    window.lastProgress = done;
    return done;
  },
};

export const commands = {
  executeCommand: async (name: string, ...given: readonly unknown[]) => {
    await recorded(name)(...given);
  },
};

export const InputBoxValidationSeverity = { Info: 1, Warning: 2, Error: 3 };
export const LogLevel = { Trace: 1, Debug: 2, Info: 3 };
export const DiagnosticSeverity = { Error: 0, Warning: 1 };
export const ProgressLocation = { SourceControl: 1, Notification: 15 };
export const FileType = { Unknown: 0, File: 1, Directory: 2, SymbolicLink: 64 };

export const languages = { createDiagnosticCollection: nothing, registerHoverProvider: nothing };

export const StatusBarAlignment = { Left: 1, Right: 2 };
export const QuickPickItemKind = { Separator: -1, Default: 0 };

export class TreeItem {
  readonly label: string;

  constructor(label: string) {
    this.label = label;
  }
}

export class MarkdownString {
  readonly value: string;

  constructor(value: string) {
    this.value = value;
  }
}

export class Diagnostic {
  readonly message: string;

  constructor(_range: unknown, message: string) {
    this.message = message;
  }
}

export class FileDecoration {
  readonly tooltip: string;

  constructor(_badge: string, tooltip: string) {
    this.tooltip = tooltip;
  }
}

export class FileSystemError extends Error {
  static FileNotFound(message: string): FileSystemError {
    return new FileSystemError(message);
  }

  static Unavailable(message: string): FileSystemError {
    return new FileSystemError(message);
  }
}

export const l10n = {
  t: (text: string, ...values: readonly unknown[]) => text.replace(/\{(\d+)\}/g, (_, at) => String(values[Number(at)])),
};

export const ConfigurationTarget = { Global: 1 };
export const ViewColumn = { Active: -1, Beside: -2 };

class Theme {
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }
}

/** Stands for classes whose objects only hold what they are given. */
class Holder {
  readonly given: readonly unknown[];

  constructor(...given: readonly unknown[]) {
    this.given = given;
  }
}

export { Holder as Hover, Holder as Position };

export class Range {
  readonly isEmpty = true;
}

class Edit {
  readonly inserted: { readonly uri: vscode.Uri; readonly text: string }[] = [];

  insert(uri: vscode.Uri, _: unknown, text: string): void {
    this.inserted.push({ uri, text });
  }
}

class Input {
  readonly uri = undefined;
}

export { Input as TabInputCustom, Input as TabInputNotebook, Input as TabInputText, Input as TabInputTextDiff };
export { Theme as ThemeColor, Theme as ThemeIcon };
export { CancellationTokenSource } from 'vscode-jsonrpc';
export { Emitter as EventEmitter };
export { Edit as WorkspaceEdit };
