// The warning about a parent of the working copy that the history lacks.
import { complain, type CommandIo } from './io.ts';

/** Hexadecimal digits of a changeset in messages of `hg`. */
const SHORT_ID = 12;

/** Something that knows it. */
export interface ParentSource {
  /** 40 hexadecimal digits. */
  unknownParent(): string | undefined;
}

/** Warns of it as `hg` does: in every command that needs the parents, before anything else about the files. */
export function warnOfUnknownParent(io: CommandIo, source: ParentSource): void {
  const parent = source.unknownParent();
  if (parent !== undefined) complain(io, `warning: ignoring unknown working parent ${parent.slice(0, SHORT_ID)}!`);
}
