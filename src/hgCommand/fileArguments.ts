// Names files in the arguments of hg. Paths are relative to the root, as in the protocol. Bytes that are not UTF-8 are
// lone surrogates.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { fromDisplay } from '../base/bytePath.ts';
import { QuicksilverError } from '../base/errors.ts';
import type { Disposable } from '../base/lifecycle.ts';
import { ownWords, type HgCall } from './hgCall.ts';

/** More is not given to a process as arguments: Windows takes 32,767 characters in all. */
const MOST_CHARACTERS = 20_000;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

export interface FileArguments extends Disposable {
  readonly args: readonly string[];
}

/** Throws a 'usage' error for what would not reach hg as it is meant. */
export function checkCall(call: HgCall, cwd: string): void {
  const { files } = call;
  if (files?.length === 0) throw new QuicksilverError('usage', 'no file was named, which hg would take for all files');
  // A command server gets the working directory as an argument, too.
  if ([...ownWords(call, files), ...(call.settings ?? []), cwd].some(arg => arg.includes('\0')))
    throw new QuicksilverError('usage', 'an argument of hg has a zero byte');
}

/** Each file by its path alone, whatever characters that has: no pattern, no option. */
export function literally(files: readonly string[] = []): string[] {
  return files.map(file => `path:${file}`);
}

/**
 * Like {@link literally}, for a process. Uses a temporary list file where arguments cannot name the files; `dispose`
 * removes it.
 */
export function forProcess(files: readonly string[]): FileArguments {
  const args = literally(files);
  const length = args.reduce((sum, arg) => sum + arg.length + 1, 0);
  if (length <= MOST_CHARACTERS && !args.some(arg => LONE_SURROGATE.test(arg))) {
    return { args, dispose: () => undefined };
  }
  const directory = mkdtempSync(path.join(tmpdir(), 'quicksilver-'));
  const list = path.join(directory, 'files');
  writeFileSync(list, Buffer.from(fromDisplay(args.join('\0')), 'latin1'));
  return { args: [`listfile0:${list}`], dispose: () => rmSync(directory, { recursive: true, force: true }) };
}
