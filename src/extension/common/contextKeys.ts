// Sets our context keys: a wrong name or value does not compile.
import { commands } from 'vscode';
import type { ContextKeyName, ContextKeyValues } from '../contributions/contextKeys.ts';

export const contextKeys = {
  set: <K extends ContextKeyName>(name: K, value: ContextKeyValues[K]): Thenable<unknown> =>
    commands.executeCommand('setContext', `quicksilver.${name}`, value),
};
