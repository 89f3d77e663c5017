// The one blame of the window.
import type { CommandContext } from '../../commands/commands.ts';
import { Blame } from './blame.ts';

let made: Blame | undefined;

/** Starts blame, if that was not done before. */
export function blameOf({ extension, ...context }: CommandContext): Blame {
  if (made === undefined) {
    made = new Blame({ ...context, extension });
    extension.subscriptions.push(made, { dispose: () => (made = undefined) });
  }
  return made;
}
