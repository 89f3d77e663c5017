// Answers the modal dialogs of the extension, which VS Code refuses to show while tests run.
import assert from 'node:assert/strict';
import { MESSAGES, replace } from './messages.ts';

export interface AskedDialog {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly string[];
}

interface DialogOptions {
  readonly modal?: boolean;
  readonly detail?: string;
}

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
  const restore = replace(MESSAGES, original => async (text, ...rest) => {
    const options = typeof rest[0] === 'object' && rest[0] !== null ? (rest[0] as DialogOptions) : {};
    if (options.modal !== true) return await original(text, ...rest);
    const message = String(text);
    const buttons = rest.slice(1).map(String);
    asked.push({ message, detail: options.detail ?? '', buttons });
    assert.ok(left.length > 0, `nobody expected to be asked: ${message}`);
    const answer = left.shift();
    assert.ok(answer === undefined || buttons.includes(answer), `${answer} is not among ${buttons.join(', ')}`);
    return answer;
  });
  return {
    asked,
    dispose: () => {
      restore();
      assert.deepEqual(left, [], 'all answers were asked for');
    },
  };
}
