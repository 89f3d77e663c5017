// The messages that the extension shows, kept instead of shown, and answered.
import {
  CancellationTokenSource,
  EventEmitter,
  ProgressLocation,
  window,
  type CancellationToken,
  type Event,
} from 'vscode';

type Anything = (...args: readonly unknown[]) => unknown;

/** The API that tests see is that of the extension: the tests lie in its folder. */
const api = window as unknown as Record<string, Anything>;

/** Puts functions in the place of those of `window` that have these names. Returns what puts them back. */
export function replace(names: readonly string[], make: (original: Anything) => Anything): () => void {
  const originals = names.map(name => [name, api[name]!] as const);
  for (const [name, original] of originals) api[name] = make(original);
  return () => {
    for (const [name, original] of originals) api[name] = original;
  };
}

/** The functions of `window` that show a message. */
export const MESSAGES = ['showInformationMessage', 'showWarningMessage', 'showErrorMessage'];

/** From now on messages are not shown: each gets the next answer, if there is one left. */
export function keepMessages(...answers: readonly string[]): {
  readonly shown: string[];
  readonly onDidShow: Event<void>;
  readonly dispose: () => void;
} {
  const shown: string[] = [];
  const left = [...answers];
  const didShow = new EventEmitter<void>();
  const putBack = replace(MESSAGES, () => async message => {
    shown.push(String(message));
    didShow.fire();
    return Promise.resolve(left.shift());
  });
  const dispose = (): void => {
    putBack();
    didShow.dispose();
  };
  return { shown, onDidShow: didShow.event, dispose };
}

/** Input boxes get these answers, one after the other. */
export function answerInputs(...answers: readonly string[]): {
  readonly asked: { readonly prompt: string; readonly isPassword: boolean }[];
  readonly dispose: () => void;
} {
  const asked: { readonly prompt: string; readonly isPassword: boolean }[] = [];
  const left = [...answers];
  const dispose = replace(['showInputBox'], () => async options => {
    const { prompt = '', password = false } = options as { readonly prompt?: string; readonly password?: boolean };
    asked.push({ prompt, isPassword: password });
    return Promise.resolve(left.shift());
  });
  return { asked, dispose };
}

/** Whatever shows its progress in a notification is cancelled there as soon as it does. */
export function cancelProgress(): { readonly dispose: () => void } {
  const dispose = replace(['withProgress'], original => (options, task) => {
    const { location } = options as { readonly location: unknown };
    if (location !== ProgressLocation.Notification) return original(options, task);
    const cancel = new CancellationTokenSource();
    const run = task as (progress: { report(): void }, token: CancellationToken) => unknown;
    const result = run({ report: () => undefined }, cancel.token);
    cancel.cancel();
    return result;
  });
  return { dispose };
}
