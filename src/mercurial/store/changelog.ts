import { bytePath, toDisplay, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { isNodeHex } from './node.ts';
import type { Revlog } from './revlog.ts';

export interface Changeset {
  /** The manifest node, hexadecimal; 40 zeros for an empty manifest. */
  readonly manifest: string;
  readonly user: string;
  /** Seconds since 1970. */
  readonly time: number;
  /** Seconds west of UTC, as Mercurial counts: 3600 less is one hour further east. */
  readonly timezone: number;
  /** Branch, close and whatever else was recorded. */
  readonly extra: ReadonlyMap<string, string>;
  readonly branch: string;
  /** True if it closes its branch. */
  readonly closesBranch: boolean;
  /** The files that it changed, as recorded. Taken apart when it is asked for: there may be hundreds of thousands. */
  readonly files: readonly BytePath[];
  readonly description: string;
}

/** Bytes of the first line. */
const MANIFEST_LINE = 41;

/** Far more than the largest known one has, whose message or list of files is long. */
const MAX_CHANGESET_BYTES = 1 << 27;
/** Seconds: more than any date that JavaScript knows. */
const MAX_TIME = 8.64e12;

export class Changelog {
  readonly revlog: Revlog;

  constructor(revlog: Revlog) {
    this.revlog = revlog;
  }

  /** The revision of a changeset, by its node; -1 if there is none. */
  findNode(node: Uint8Array | string): number {
    return this.revlog.findNode(node);
  }

  read(revision: number): Changeset {
    return parseChangeset(this.revlog.text(revision), `${this.revlog.file}: revision ${revision}`);
  }

  /**
   * Returns only the manifest node: a changeset that brought many files names them all, and they need not be read for
   * it. Damage shows later, because the manifest is checked against this node.
   */
  manifestNode(revision: number): string {
    const text = this.revlog.beginning(revision, MANIFEST_LINE);
    return manifestNodeOf(text, `${this.revlog.file}: revision ${revision}`);
  }
}

/**
 * Takes the text of a changeset apart: manifest node, user, time with extra, files, an empty line, description. Throws
 * 'corrupt' with `name` if it is none.
 */
export function parseChangeset(text: Buffer, name: string): Changeset {
  const manifest = manifestNodeOf(text, name);
  if (text.length > MAX_CHANGESET_BYTES) {
    throw new QuicksilverError('unsupported', `${name}: a changeset of ${text.length} bytes is not supported`);
  }
  // With no files the empty line follows the time directly.
  const end = text.indexOf('\n\n', 0, 'latin1');
  const userEnd = text.indexOf(0x0a, MANIFEST_LINE);
  const dateEnd = text.indexOf(0x0a, userEnd + 1);
  const isWhole = end >= 0 && userEnd < end && dateEnd <= end;
  const user = isWhole ? text.toString('latin1', MANIFEST_LINE, userEnd) : undefined;
  const date = isWhole ? text.toString('latin1', userEnd + 1, dateEnd) : undefined;
  let files: readonly BytePath[] | undefined;
  const match = /^(-?\d+(?:\.\d+)?) (-?\d+)(?: ([^]*))?$/.exec(date ?? '');
  const time = Number(match?.[1]);
  const timezone = Number(match?.[2]);
  if (user === undefined || match === null || !(Math.abs(time) < MAX_TIME) || !(Math.abs(timezone) < MAX_TIME)) {
    throw corrupt(name);
  }
  const extra = parseExtra(match[3] ?? '');
  return {
    manifest,
    user: toDisplay(user),
    time,
    timezone,
    extra,
    branch: extra.get('branch') ?? 'default',
    closesBranch: extra.has('close'),
    get files() {
      if (dateEnd === end) return [];
      return (files ??= text
        .toString('latin1', dateEnd + 1, end)
        .split('\n')
        .map(bytePath));
    },
    description: toDisplay(text.toString('latin1', end + 2)),
  };
}

function manifestNodeOf(text: Buffer, name: string): string {
  const node = text.toString('latin1', 0, 40);
  if (!isNodeHex(node) || text[40] !== 0x0a) throw corrupt(name);
  return node;
}

/** Items are separated by NUL; NUL, line ends and backslashes within them are escaped. */
function parseExtra(text: string): ReadonlyMap<string, string> {
  // Most changesets are on 'default', and have nothing here.
  if (text === '') return NO_EXTRA;
  const extra = new Map<string, string>();
  for (const item of text.split('\0')) {
    const plain = !item.includes('\\')
      ? item
      : item.replace(/\\([\\nr0])/g, (_, code: string) => ESCAPES[code] ?? code);
    const colon = plain.indexOf(':');
    if (colon >= 0) extra.set(toDisplay(plain.slice(0, colon)), toDisplay(plain.slice(colon + 1)));
  }
  return extra;
}

const NO_EXTRA: ReadonlyMap<string, string> = new Map();
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\', n: '\n', r: '\r', '0': '\0' };

function corrupt(name: string): QuicksilverError {
  return new QuicksilverError('corrupt', `${name}: not a changeset`);
}
