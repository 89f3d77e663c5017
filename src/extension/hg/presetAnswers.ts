// Answers that a key binding or another extension gives in advance, so that a command need not ask. They are an object,
// the last argument, such as { "revision": "stable", "localChanges": "keep" }.
import { modal, type Lines } from '../common/display.ts';

export interface Answers {
  text(name: string): string | undefined;
  /** True if the answer is true. */
  flag(name: string): boolean;
  /** The answer if it is one of these. */
  oneOf<T extends string>(name: string, choices: readonly T[]): T | undefined;
}

/** The answers among the arguments of a command, and what else VS Code handed over. */
export function answersOf(args: readonly unknown[]): { readonly answers: Answers; readonly rest: readonly unknown[] } {
  const last = args.at(-1);
  const isGiven = isPlain(last);
  const given: Readonly<Record<string, unknown>> = isGiven ? last : {};
  const text = (name: string): string | undefined => {
    const value = given[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  return {
    answers: {
      text,
      flag: name => given[name] === true,
      oneOf: (name, choices) => choices.find(choice => choice === text(name)),
    },
    rest: isGiven ? args.slice(0, -1) : args,
  };
}

/** Asks before something that cannot be undone in VS Code; the answer may have been given as `confirmed`. */
export async function confirm(answers: Answers, message: string, action: string, detail: Lines = ''): Promise<boolean> {
  if (answers.flag('confirmed')) return true;
  return (await modal('warning', message, detail, action)) === action;
}

/** Neither a row, a group, a source control nor a URI. */
function isPlain(argument: unknown): argument is Readonly<Record<string, unknown>> {
  return (
    typeof argument === 'object' &&
    argument !== null &&
    Object.getPrototypeOf(argument) === Object.prototype &&
    !('resourceUri' in argument) &&
    !('resourceStates' in argument) &&
    !('rootUri' in argument)
  );
}
