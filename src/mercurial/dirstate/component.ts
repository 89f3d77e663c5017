import { QuicksilverError } from '../../base/errors.ts';

/** How the names in a dirstate are checked. */
export interface NameRules {
  /** The file the names are from, for messages. */
  readonly file: string;
  /** True where '\' and ':' in a name would lead somewhere else: on Windows. */
  readonly windowsNames: boolean;
}

/**
 * Rejects a component of a path that could name anything except a file below the root. These are '', '.', '..', a
 * component with a slash or NUL, and '.hg' at the root. Mercurial does not track files below the root's '.hg', so only
 * a damaged or hostile dirstate has one. The scan handles a '.hg' further down as Mercurial does.
 *
 * Throws a QuicksilverError, 'corrupt'.
 */
export function checkComponent(
  bytes: Uint8Array,
  start: number,
  length: number,
  atRoot: boolean,
  rules: NameRules,
): void {
  const first = bytes[start];
  let bad = length === 0;
  if (!bad && first === 0x2e) {
    bad = length === 1 || (length === 2 && bytes[start + 1] === 0x2e);
    if (atRoot && length === 3 && bytes[start + 1] === 0x68 && bytes[start + 2] === 0x67) bad = true;
  }
  for (let i = start; i < start + length && !bad; i++) {
    const byte = bytes[i]!;
    bad = byte === 0x2f || byte === 0 || (rules.windowsNames && (byte === 0x5c || byte === 0x3a));
  }
  if (bad) {
    const name = Buffer.from(bytes.subarray(start, start + Math.min(length, 80))).toString('latin1');
    throw new QuicksilverError(
      'corrupt',
      `${rules.file}: ${JSON.stringify(name)} cannot be part of a tracked file's path`,
      { file: rules.file },
    );
  }
}
