// Answers the modal dialogs of the extension, which VS Code refuses to show while tests run.
import assert from 'node:assert/strict';
import { window } from 'vscode';

export interface AskedDialog {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly string[];
}

interface DialogOptions {
  readonly modal?: boolean;
  readonly detail?: string;
}

type Show = (message: string, ...rest: readonly unknown[]) => Thenable<unknown>;

/**
 * From now on the next modal dialogs get these answers, one after the other; undefined closes a dialog. Other messages are
 * shown as ever. Returns the list of what was asked, which grows.
 */
export function answerDialogs(...answers: readonly (string | undefined)[]): {
  readonly asked: AskedDialog[];
  dispose(): void;
} {
  const left = [...answers];
  const asked: AskedDialog[] = [];
  // The API that tests see is that of the extension: the tests lie in its folder.
  const shown = window as unknown as Record<string, Show>;
  const originals = ['showInformationMessage', 'showWarningMessage', 'showErrorMessage'].map(name => {
    const original = shown[name]!;
    shown[name] = async (message, ...rest) => {
      const options = typeof rest[0] === 'object' && rest[0] !== null ? (rest[0] as DialogOptions) : {};
      if (options.modal !== true) return original(message, ...rest);
      const buttons = rest.slice(1).map(String);
      asked.push({ message, detail: options.detail ?? '', buttons });
      assert.ok(left.length > 0, `nobody expected to be asked: ${message}`);
      const answer = left.shift();
      assert.ok(answer === undefined || buttons.includes(answer), `${answer} is not among ${buttons.join(', ')}`);
      return answer;
    };
    return [name, original] as const;
  });
  return {
    asked,
    dispose: () => {
      for (const [name, original] of originals) shown[name] = original;
      assert.deepEqual(left, [], 'all answers were asked for');
    },
  };
}
