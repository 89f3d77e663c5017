// Stands for `vscode` where a part of the extension that calls it has something to count. Whoever imports this first can then
// import such a part, with `await import()`: it gets this module. It has what those parts use, and remembers what it is given.
import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import type * as vscode from 'vscode';

register(
  `data:text/javascript,${encodeURIComponent(
    `export const resolve = async (name, context, next) =>
      name === 'vscode' ? { url: ${JSON.stringify(import.meta.url)}, shortCircuit: true } : next(name, context);`,
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

export const extensions = { getExtension: () => ({ packageJSON: packageJson }) };

/** All settings are as they are by default. */
export const workspace = {
  isTrusted: true,
  getConfiguration: () => ({ get: (_: string, otherwise?: unknown) => otherwise }),
};

/** The file in the active tab can be set. */
export const window: {
  activeTextEditor: { readonly document: { readonly uri: vscode.Uri } } | undefined;
  readonly tabGroups: unknown;
} = { activeTextEditor: undefined, tabGroups: { activeTabGroup: {} } };

export const l10n = {
  t: (text: string, ...values: readonly unknown[]) => text.replace(/\{(\d+)\}/g, (_, at) => String(values[Number(at)])),
};

export const commands = { executeCommand: () => Promise.resolve(undefined) };

export const ConfigurationTarget = { Global: 1 };

class Theme {
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }
}

class Input {
  readonly uri = undefined;
}

export { Input as TabInputCustom, Input as TabInputNotebook, Input as TabInputText, Input as TabInputTextDiff };
export { Theme as ThemeColor, Theme as ThemeIcon };
