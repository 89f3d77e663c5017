// Asks the real `hg` for its status. Only this folder starts processes. It starts one only for the doctor's comparison,
// or for the fallback in a workspace that the user trusts.
import { fromDisplay, type BytePath } from '../base/bytePath.ts';
import { QuicksilverError, errorMessage } from '../base/errors.ts';
import { rowsOf, rowTemplate } from './answerFrame.ts';
import { toArguments, type HgCall, type HgOption } from './hgCall.ts';
import type { HgResult, RunLimits } from './hgResult.ts';
import type { HgRunner } from './hgRunner.ts';
import { globalOptions, type Variables } from './hgVariables.ts';
import { runProcess } from './runProcess.ts';

/** One file from `hg status`. */
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

const ENTRIES: HgOption = ['--template', rowTemplate('path, status, source')];
const EVERYTHING: HgCall = { verb: 'status', options: ['--all', '--copies', ENTRIES] };
const CHANGES: HgCall = {
  verb: 'status',
  options: ['--modified', '--added', '--removed', '--deleted', '--unknown', '--copies', ENTRIES],
};

/** Runs `hg status -A -C` in `root`, in a process of its own. */
export async function hgStatus(hg: string, root: string, options: HgOptions = {}): Promise<HgStatusAnswer> {
  const args = toArguments(globalOptions({ root, cwd: root, isInteractive: false, changes: false }), EVERYTHING);
  const { environment = process.env, ...limits } = options;
  return answerOf(await runProcess({ hg, args, cwd: root, variables: environment, ...limits }));
}

/**
 * Returns the files that differ from the parent, and the untracked ones. Does not ask for ignored or clean files.
 * @param files limits the answer to these, in display form; at least one
 */
export async function askStatus(runner: HgRunner, files?: readonly string[]): Promise<HgStatusAnswer> {
  return answerOf(await runner.run({ ...CHANGES, files, kind: 'read' }));
}

/**
 * Parses the rows that `hg status` wrote. Throws a 'corrupt' error for a row that is none.
 * @param output JSON in ASCII, in which bytes that are not UTF-8 are lone surrogates; and what hooks wrote
 */
export function parseHgStatus(output: Buffer): HgStatusEntry[] {
  return rowsOf(output.toString('latin1')).map(row => {
    let item: unknown;
    try {
      item = JSON.parse(row);
    } catch (error) {
      throw new QuicksilverError('corrupt', `hg status wrote no JSON: ${errorMessage(error)}`, { cause: error });
    }
    if (typeof item !== 'object' || item === null || !('path' in item) || !('status' in item)) {
      throw new QuicksilverError('corrupt', 'hg status wrote an entry without a path or a status');
    }
    const { path, status } = item;
    const source = 'source' in item && item.source !== null ? item.source : '';
    if (typeof path !== 'string' || typeof status !== 'string' || typeof source !== 'string') {
      throw new QuicksilverError('corrupt', 'hg status wrote an entry whose path or status is no text');
    }
    const entry = { path: fromDisplay(path), status };
    return source === '' ? entry : { ...entry, source: fromDisplay(source) };
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
