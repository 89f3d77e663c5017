import { bytePath, toDisplay } from '../../../src/base/bytePath.ts';
import { runStatus, type StatusOptions, type StatusResult } from '../../../src/status/status.ts';
import { emptyOutcome, type Outcome, type Status, type StatusInput } from '../../../src/status/types.ts';

const LETTERS: Record<Status, string> = {
  modified: 'M',
  added: 'A',
  removed: 'R',
  deleted: '!',
  unknown: '?',
  ignored: 'I',
  clean: 'C',
};

export interface StatusRun extends StatusResult {
  /** As `hg status` writes it, ordered; an ignored directory has a slash at its end, a copy its source behind '<-'. */
  readonly lines: readonly string[];
}

/** A status of everything, clean files included and ignored ones not, unless `options` say otherwise. */
export async function statusOf(
  input: StatusInput,
  options: Partial<Omit<StatusOptions, 'paths'>> & { readonly paths?: readonly string[] } = {},
): Promise<StatusRun> {
  const { paths, ...others } = options;
  const result = await runStatus(input, { ignored: 'none', clean: true, ...others, paths: paths?.map(bytePath) });
  const lines = [
    ...result.entries.map(
      ({ path, status, source }) =>
        `${LETTERS[status]} ${toDisplay(path)}${source === undefined ? '' : ` <- ${toDisplay(source)}`}`,
    ),
    ...result.ignoredDirectories.map(path => `I ${toDisplay(path)}/`),
  ].sort();
  return { ...result, lines };
}

/** An outcome of nothing but what is given. */
export function outcomeOf(counts: Partial<Outcome>): Outcome {
  return { ...emptyOutcome(), ...counts };
}
