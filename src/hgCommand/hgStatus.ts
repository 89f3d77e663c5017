// Asks the real `hg` for its status. Only this folder starts processes. It starts one only for the doctor's comparison,
// or for the fallback in a workspace that the user trusts.
import { bytePath, type BytePath } from '../base/bytePath.ts';
import { QuicksilverError, errorMessage } from '../base/errors.ts';
import { toArguments, type HgCall } from './hgCall.ts';
import type { HgResult, RunLimits } from './hgResult.ts';
import type { HgRunner } from './hgRunner.ts';
import { globalOptions, type Variables } from './hgVariables.ts';
import { runProcess } from './runProcess.ts';

/** One file from `hg status -T json`. */
export interface HgStatusEntry {
  readonly path: BytePath;
  /** M, A, R, !, ?, I or C. */
  readonly status: string;
  readonly source?: BytePath;
}

export type HgStatusAnswer =
  | { readonly kind: 'answer'; readonly entries: readonly HgStatusEntry[] }
  /** The command failed; the message is its error output, or the reason why it was stopped. */
  | { readonly kind: 'failed'; readonly message: string }
  /** No usable hg was found; the message explains how to fix it. */
  | { readonly kind: 'unavailable'; readonly message: string };

export interface HgOptions extends RunLimits {
  readonly environment?: Variables;
}

const EVERYTHING: HgCall = { verb: 'status', options: ['--all', '--copies', '--template=json'] };
const CHANGES: HgCall = {
  verb: 'status',
  options: ['--modified', '--added', '--removed', '--deleted', '--unknown', '--copies', '--template=json'],
};

/** Runs `hg status -A -C -T json` in `root`, in a process of its own. */
export async function hgStatus(hg: string, root: string, options: HgOptions = {}): Promise<HgStatusAnswer> {
  const args = toArguments(globalOptions({ root, cwd: root, isInteractive: false, changes: false }), EVERYTHING);
  const { environment = process.env, ...limits } = options;
  return answerOf(await runProcess({ hg, args, cwd: root, variables: environment, ...limits }));
}

/** Returns the files that differ from the parent, and the untracked ones. Does not ask for ignored or clean files. */
export async function askStatus(runner: HgRunner): Promise<HgStatusAnswer> {
  return answerOf(await runner.run({ ...CHANGES, kind: 'read' }));
}

/**
 * Parses what `hg status -T json` wrote. Throws a 'corrupt' error if it is not that.
 * @param json the output, in which bytes that are not UTF-8 are the three-byte forms of lone surrogates
 */
export function parseHgStatus(json: Buffer): HgStatusEntry[] {
  let parsed: unknown;
  try {
    // One character a byte: the structure of JSON is ASCII, and so is everything that hg escapes in it.
    parsed = JSON.parse(json.toString('latin1'));
  } catch (error) {
    throw new QuicksilverError('corrupt', `hg status wrote no JSON: ${errorMessage(error)}`, { cause: error });
  }
  if (!Array.isArray(parsed)) throw new QuicksilverError('corrupt', 'hg status wrote JSON that is no list');
  return parsed.map((item: unknown) => {
    if (typeof item !== 'object' || item === null || !('path' in item) || !('status' in item)) {
      throw new QuicksilverError('corrupt', 'hg status wrote an entry without a path or a status');
    }
    const { path, status } = item;
    const source = 'source' in item ? item.source : undefined;
    if (
      typeof path !== 'string' ||
      typeof status !== 'string' ||
      (source !== undefined && typeof source !== 'string')
    ) {
      throw new QuicksilverError('corrupt', 'hg status wrote an entry whose path or status is no text');
    }
    const entry = { path: carriedBytes(path), status };
    return source === undefined ? entry : { ...entry, source: carriedBytes(source) };
  });
}

function answerOf(result: HgResult): HgStatusAnswer {
  if (result.kind === 'unavailable') return result;
  if (result.kind === 'stopped') return { kind: 'failed', message: result.message };
  if (result.code !== 0) return { kind: 'failed', message: result.errors || `hg status: exit code ${result.code}` };
  try {
    return { kind: 'answer', entries: parseHgStatus(result.output) };
  } catch (error) {
    if (!(error instanceof QuicksilverError)) throw error;
    return { kind: 'failed', message: error.message };
  }
}

/** The byte string of a text in hg's JSON: bytes that are not UTF-8 travel as the UTF-8 of U+DC80 to U+DCFF. */
function carriedBytes(text: string): BytePath {
  return bytePath(
    text.replace(/\xed([\xb2\xb3])([\x80-\xbf])/g, (_, second: string, third: string) =>
      String.fromCharCode(((second.charCodeAt(0) & 0x03) << 6) | (third.charCodeAt(0) & 0x3f)),
    ),
  );
}
