// Commands of hg for tests: also such as only a fake program knows.
import type { HgCall, HgVerb } from '../../src/hgCommand/hgCall.ts';

/** The command with these operands. */
export function callOf(verb: string, ...operands: readonly string[]): HgCall {
  return { verb: verb as HgVerb, operands };
}
