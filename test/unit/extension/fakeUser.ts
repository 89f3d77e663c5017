// The user of the fake VS Code: all that is shown, the answers, and the lists, trees and pages that show it.
import { Emitter, type Disposable } from '../../../src/base/lifecycle.ts';

export const nothing = (): Disposable => ({ dispose: () => undefined });

/** All that was to be shown, as it was handed over, the latest last. */
export const shown: { readonly place: string; readonly given: readonly unknown[] }[] = [];
/** What the user answers to what is shown next. */
export const answers: unknown[] = [];
/** What the user answers when there are no such answers. */
export const user: { answer(place: string, given: readonly unknown[]): unknown } = { answer: () => undefined };

export const recorded =
  (place: string) =>
  async (...given: readonly unknown[]): Promise<unknown> => {
    const all = await Promise.all(given);
    shown.push({ place, given: all });
    return answers.length > 0 ? answers.shift() : user.answer(place, all);
  };

/** What the user answers to a list that is searched: an item of it, undefined to turn away, or this to type. */
export class Typed {
  readonly text: string;
  /** They press Enter at once, before anything is told of it. */
  readonly enters: boolean;

  constructor(text: string, enters = false) {
    this.text = text;
    this.enters = enters;
  }
}

/** An answer to a list of which a row's button is pressed. */
export class Pressed {
  readonly row: unknown;
  readonly button: unknown;

  /** @param tooltip of the button */
  constructor(row: unknown, tooltip: string) {
    this.row = row;
    const { buttons } = row as { readonly buttons: readonly { readonly tooltip: string }[] };
    this.button = buttons.find(button => button.tooltip === tooltip);
    if (this.button === undefined) throw new Error(`the row has no button “${tooltip}”`);
  }
}

/** The user is asked whenever it is no longer busy. */
export class QuickPick {
  title: string | undefined;
  placeholder = '';
  items: readonly unknown[] = [];
  activeItems: readonly unknown[] = [];
  selectedItems: readonly unknown[] = [];
  readonly #value = new Emitter<string>();
  readonly #accept = new Emitter<undefined>();
  readonly #hide = new Emitter<undefined>();
  readonly onDidChangeValue = this.#value.event;
  readonly onDidAccept = this.#accept.event;
  readonly onDidHide = this.#hide.event;
  readonly #press = new Emitter<{ readonly item: unknown; readonly button: unknown }>();
  readonly onDidTriggerItemButton = this.#press.event;
  #isHidden = false;
  #isBusy = false;

  show(): void {
    // Items that are searched for come later.
    queueMicrotask(() => {
      if (!this.#isBusy) void this.#ask();
    });
  }

  set busy(busy: boolean) {
    this.#isBusy ||= busy;
    if (!busy && !this.#isHidden) void this.#ask();
  }

  dispose(): void {
    this.#isHidden = true;
  }

  async #ask(): Promise<void> {
    const options = { placeHolder: this.placeholder, activeItems: this.activeItems };
    const chosen = await recorded('pick')(this.items, options);
    if (chosen instanceof Typed) {
      this.selectedItems = [];
      this.#value.fire(chosen.text);
      if (chosen.enters) this.#accept.fire(undefined);
    } else if (chosen instanceof Pressed) this.#press.fire({ item: chosen.row, button: chosen.button });
    else if (chosen === undefined) this.#hide.fire(undefined);
    else {
      this.selectedItems = [chosen];
      this.#accept.fire(undefined);
    }
  }
}

export interface RowProvider {
  readonly onDidChangeTreeData: (listener: () => void) => Disposable;
  getChildren(): readonly unknown[];
  getTreeItem(element: unknown): unknown;
}

/** A tree. Its rows are shown as 'tree' whenever they change. The user selects the first two of them. */
export class Tree {
  selection: readonly unknown[] = [];
  readonly #owned: Disposable;

  constructor(_: string, { treeDataProvider: provider }: { readonly treeDataProvider: RowProvider }) {
    this.#owned = provider.onDidChangeTreeData(() => {
      const elements = provider.getChildren();
      this.selection = elements.slice(0, 2);
      shown.push({ place: 'tree', given: elements.map(element => provider.getTreeItem(element)) });
    });
  }

  set description(text: string) {
    shown.push({ place: 'tree', given: [text] });
  }

  set message(text: string) {
    shown.push({ place: 'tree', given: [text] });
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

/** A page in an editor. What it is sent is shown as 'page'. */
export class Page {
  readonly #received = new Emitter<unknown>();
  /** A hidden page gets no message. */
  isHidden = false;
  readonly webview = {
    options: {},
    html: '',
    cspSource: 'page:',
    asWebviewUri: <Of>(uri: Of): Of => uri,
    onDidReceiveMessage: this.#received.event,
    postMessage: async (message: unknown) => {
      if (!this.isHidden) shown.push({ place: 'page', given: [message] });
      return Promise.resolve(!this.isHidden);
    },
  };
  readonly #disposed = new Emitter<undefined>();
  readonly onDidChangeViewState = nothing;
  readonly onDidDispose = this.#disposed.event;
  readonly active = true;
  visible = true;

  dispose(): void {
    this.#disposed.fire(undefined);
  }

  reveal(): void {
    this.visible = true;
  }

  /** The page sends a message. */
  send(message: unknown): void {
    this.#received.fire(message);
  }
}

/** The pages that were opened, the latest last. */
export const pages: Page[] = [];
