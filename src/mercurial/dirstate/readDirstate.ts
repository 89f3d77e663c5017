// Reads `.hg/dirstate` as one consistent state, although others replace it at any time.
import { QuicksilverError } from '../../base/errors.ts';
import type { DecodeAccelerators } from '../../base/decodeAccelerators.ts';
import { sameIdentity, type FileIdentity, type OpenFile, type Vfs } from '../../files/vfs.ts';
import type { NameRules } from './component.ts';
import { V1_HEADER_LENGTH, decodeV1 } from './decodeV1.ts';
import { MAX_DOCKET_LENGTH, V2_MARKER, decodeDocket, decodeV2, type Docket } from './decodeV2.ts';
import { Dirstate, NULL_ID, type DirstateHeader } from './dirstate.ts';
import type { NodeTable } from './nodeTable.ts';
import { withoutFutureTimes } from './futureTimes.ts';
import { patchV1 } from './patchV1.ts';
import type { FileSystemTraits } from './statRule.ts';

export interface ReadDirstateOptions {
  readonly traits: FileSystemTraits;
  /** True where '\' and ':' in names lead elsewhere. Default: on Windows. */
  readonly windowsNames?: boolean;
  /** True if the history has the first parent. Called only if copies are recorded. Default: true. */
  readonly parentExists?: (p1: string) => boolean;
  /** The largest dirstate or data file that is read. Default: {@link MAX_DIRSTATE_BYTES}. */
  readonly maxBytes?: number;
  /** The previously read dirstate. If little has changed, most of it is reused. */
  readonly previous?: Dirstate | undefined;
  /** The present, in seconds since 1970. Default: that of the clock. */
  readonly now?: number;
  /** Optional accelerators for decoding. */
  readonly accelerators?: DecodeAccelerators | undefined;
}

/** 2 GiB less one byte, the most that one read takes: some 20 million tracked files. */
export const MAX_DIRSTATE_BYTES = 0x7fff_ffff;

/**
 * Attempts before we give up on a file that is replaced during each read. A writer needs at least some milliseconds for
 * each replacement. So this many in a row mean constant work on the repository.
 */
const ATTEMPTS = 5;

/**
 * Reads the dirstate of a working copy. Returns an empty one without parents for a missing or empty file. The file
 * itself shows its format: a docket's first bytes cannot be the parents of a version 1 file. The requirements do not: a
 * repository that requires version 2 may still have a version 1 file.
 *
 * Throws a QuicksilverError: 'corrupt'; 'changed-while-reading' if the file was replaced again and again; 'unsupported'
 * if it is too large; 'io'.
 *
 * @param hgDirectory the working copy's own `.hg`
 */
export function readDirstate(vfs: Vfs, hgDirectory: string, options: ReadDirstateOptions): Dirstate {
  const path = `${hgDirectory}/dirstate`;
  /** The docket of the last attempt at which its data file was missing or too short. */
  let dangling: FileIdentity | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const result = readOnce(vfs, path, options);
    const now = currentIdentity(vfs, path);
    if (typeof result !== 'string') {
      if (sameIdentity(result.identity, now)) {
        if (result.error !== undefined) throw result.error;
        return result.dirstate;
      }
      continue;
    }
    // A new docket replaces the old one before the old data file disappears. So an unchanged docket without its data
    // file was left behind. A second check costs nothing.
    if (now !== undefined && sameIdentity(dangling, now)) {
      throw new QuicksilverError('corrupt', result, { file: path });
    }
    dangling = now;
  }
  throw new QuicksilverError(
    'changed-while-reading',
    `${path}: replaced each of the ${ATTEMPTS} times that it was read`,
    { file: path },
  );
}

/** The result of one attempt: valid only if the file still has this identity. */
type Attempt =
  | { readonly identity: FileIdentity | undefined; readonly dirstate: Dirstate; readonly error?: undefined }
  | { readonly identity: FileIdentity | undefined; readonly error: QuicksilverError };

function currentIdentity(vfs: Vfs, path: string): FileIdentity | undefined {
  const file = vfs.open(path);
  file?.close();
  return file?.identity;
}

/** Returns a message instead of a result if the docket names a file that does not exist. */
function readOnce(vfs: Vfs, path: string, options: ReadDirstateOptions): Attempt | string {
  const { traits } = options;
  const file = vfs.open(path);
  if (file === undefined) {
    const empty = Dirstate.empty({ p1: NULL_ID, p2: NULL_ID, format: 'none', identity: undefined, traits });
    return { identity: undefined, dirstate: empty };
  }
  try {
    return decode(vfs, path, file, options);
  } catch (error) {
    // A half-written file seems damaged. Its identity shows whether it was still being written.
    if (!(error instanceof QuicksilverError) || error.code !== 'corrupt') throw error;
    return { identity: file.identity, error };
  } finally {
    file.close();
  }
}

function decode(vfs: Vfs, path: string, file: OpenFile, options: ReadDirstateOptions): Attempt | string {
  const { identity } = file;
  const { traits } = options;
  const windowsNames = options.windowsNames ?? process.platform === 'win32';
  if (file.size === 0) {
    return {
      identity,
      dirstate: Dirstate.empty({ p1: NULL_ID, p2: NULL_ID, format: 'none', identity, traits }),
    };
  }
  if (file.read(0, V2_MARKER.length).equals(V2_MARKER)) {
    return decodeWithData(vfs, path, file, options, windowsNames);
  }
  refuseTooLarge(path, file.size, options);
  const bytes = readAll(file, file.size, options);
  if (bytes.length < V1_HEADER_LENGTH) {
    throw new QuicksilverError('corrupt', `${path}: appears damaged, it has only ${bytes.length} bytes`, {
      file: path,
    });
  }
  const { previous } = options;
  const patched = previous?.format === 'v1' ? patchV1(previous.table, bytes, path) : undefined;
  const decoded = patched ?? decodeV1With(bytes, { file: path, windowsNames }, options.accelerators);
  const table = withoutFutureTimes(decoded, options.now ?? Date.now() / 1000);
  const p1 = bytes.toString('hex', 0, 20);
  const p2 = bytes.toString('hex', 20, 40);
  const parentExists = checkParent(table, p1, options);
  return { identity, dirstate: new Dirstate(table, { p1, p2, format: 'v1', identity, traits, parentExists }) };
}

function decodeWithData(
  vfs: Vfs,
  path: string,
  file: OpenFile,
  options: ReadDirstateOptions,
  windowsNames: boolean,
): Attempt | string {
  const docket = decodeDocket(file.read(0, MAX_DOCKET_LENGTH), path);
  const dataPath = `${path}.${docket.dataId}`;
  const rules: NameRules = { file: dataPath, windowsNames };
  let bytes: Buffer = Buffer.alloc(0);
  if (docket.usedSize > 0) {
    refuseTooLarge(dataPath, docket.usedSize, options);
    const data = vfs.open(dataPath);
    if (data === undefined) return `${path}: names the data file ${dataPath}, which does not exist`;
    try {
      // The size is compared before memory is allocated. Bytes after the used part may be anything.
      if (data.size >= docket.usedSize) bytes = readAll(data, docket.usedSize, options);
    } finally {
      data.close();
    }
    if (bytes.length !== docket.usedSize) {
      return `${path}: says that ${dataPath} has ${docket.usedSize} bytes, but it is shorter`;
    }
  }
  const { p1, p2, ignoreHash, dataId } = docket;
  const { identity } = file;
  const { traits } = options;
  const decoded = decodeV2With(bytes, docket, rules, options.accelerators);
  const table = withoutFutureTimes(decoded, options.now ?? Date.now() / 1000);
  const parentExists = checkParent(table, p1, options);
  const header: DirstateHeader = { p1, p2, format: 'v2', identity, traits, parentExists, ignoreHash, dataId };
  return { identity, dirstate: new Dirstate(table, header) };
}

function readAll(file: OpenFile, length: number, { accelerators }: ReadDirstateOptions): Buffer {
  accelerators?.expect?.(length);
  return file.read(
    0,
    length,
    accelerators?.shared === true ? shared => Buffer.from(new SharedArrayBuffer(shared)) : undefined,
  );
}

/** Decodes natively if possible. For bytes that native code rejects, decodeV1() reports the error. */
function decodeV1With(bytes: Buffer, rules: NameRules, accelerators: DecodeAccelerators | undefined): NodeTable {
  const decoded = accelerators?.decoders?.decodeV1(bytes, rules.windowsNames, secret(), secret());
  return decoded ? { bytes, sourceOffset: undefined, ...decoded } : decodeV1(bytes, rules, accelerators?.shared);
}

/** As decodeV2(), and so on. */
function decodeV2With(
  bytes: Buffer,
  docket: Docket,
  rules: NameRules,
  accelerators: DecodeAccelerators | undefined,
): NodeTable {
  const decoded = accelerators?.decoders?.decodeV2(bytes, rules.windowsNames, docket.rootOffset, docket.rootCount);
  return decoded
    ? { bytes, sourceOffset: undefined, ...decoded }
    : decodeV2(bytes, docket, rules, accelerators?.shared);
}

/** A number below 2^32 that nobody can guess. */
function secret(): number {
  return Math.floor(Math.random() * 0x1_0000_0000);
}

/** True if the history has the first parent. Does not ask where that makes no difference. */
function checkParent(table: NodeTable, p1: string, options: ReadDirstateOptions): boolean {
  if (options.parentExists === undefined || p1 === NULL_ID) return true;
  return table.copyOffset.every(offset => offset === 0) || options.parentExists(p1);
}

function refuseTooLarge(path: string, size: number, options: ReadDirstateOptions): void {
  const most = options.maxBytes ?? MAX_DIRSTATE_BYTES;
  if (size > most) {
    throw new QuicksilverError('unsupported', `${path}: ${size} bytes are more than the ${most} that can be read`, {
      file: path,
    });
  }
}
