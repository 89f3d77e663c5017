// Words for a process of another program than hg.
declare const constant: unique symbol;
/** Words none of which is foreign: constants of the source. */
export type ConstantArguments = readonly string[] & { readonly [constant]: true };

/** @param words must be literals */
export function constantArguments<const Words extends readonly string[]>(
  ...words: string extends Words[number] ? never : Words
): ConstantArguments {
  return words as readonly string[] as ConstantArguments;
}
