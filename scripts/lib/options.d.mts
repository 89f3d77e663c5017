import type { parseArgs, ParseArgsConfig } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

export function readOptions<T extends Options>(
  command: string,
  options: T,
  positionals?: string,
): ReturnType<typeof parseArgs<{ options: T }>>;
export function usageOf(command: string, options: Options, positionals?: string): string;
