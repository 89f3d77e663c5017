// Reads the dirstate of a working tree. Commands write it in place, under a lock that a reader cannot see: the checksum
// shows that one is at it.
import * as fsPath from 'node:path';
import type { DecodeAccelerators } from '../../base/decodeAccelerators.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { sameIdentity, type Vfs } from '../../files/vfs.ts';
import { comparesExecuteBit } from '../repository/traits.ts';
import { BazaarDirstate } from './bazaarDirstate.ts';
import { decodeDirstate } from './decodeDirstate.ts';
import { ChecksumError } from './header.ts';

/** More than the dirstate of ten million files has. */
const MAX_DIRSTATE_BYTES = 2 ** 31 - 1;
const ATTEMPTS = 5;

export interface DirstateOptions {
  /** Absolute path of the working tree. */
  readonly root: string;
  readonly checkoutDirectory: string;
  /** False if every directory has to be listed by one thread. */
  readonly hasColumns: boolean;
  readonly accelerators?: DecodeAccelerators | undefined;
}

export function dirstateFile(checkoutDirectory: string): string {
  return fsPath.join(checkoutDirectory, 'dirstate');
}

/**
 * Reads the dirstate.
 * Throws 'corrupt' for damage, 'changed-while-reading' if it changes all the time, 'unsupported' as the decoder does.
 */
export function readDirstate(vfs: Vfs, options: DirstateOptions): BazaarDirstate {
  const file = dirstateFile(options.checkoutDirectory);
  const device = vfs.identity(options.root)?.device ?? 0n;
  const executableBit = comparesExecuteBit(vfs, options.root, process.platform);
  let failed: { readonly error: ChecksumError; readonly read: ReturnType<Vfs['read']> } | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const read = readShared(vfs, file, options);
    if (read === undefined) throw new QuicksilverError('corrupt', `${file} is missing`, { file });
    // Bytes that do not fit and stay the same are damage.
    if (failed?.read?.bytes.equals(read.bytes) === true && sameIdentity(failed.read.identity, read.identity)) {
      throw failed.error;
    }
    try {
      const tree = decodeDirstate(read.bytes, {
        file,
        device: Number(BigInt.asUintN(32, device)),
        shared: options.accelerators?.shared ?? false,
        takePlainRows: options.accelerators?.decoders?.takePlainRows,
      });
      if (sameIdentity(vfs.identity(file), read.identity)) {
        return new BazaarDirstate(tree, read.identity, { hasColumns: options.hasColumns, executableBit });
      }
    } catch (error) {
      if (!(error instanceof ChecksumError)) throw error;
      failed = { error, read };
    }
  }
  throw new QuicksilverError('changed-while-reading', `${file} changes all the time`, { file });
}

function readShared(vfs: Vfs, file: string, { accelerators }: DirstateOptions): ReturnType<Vfs['read']> {
  const open = vfs.open(file);
  if (open === undefined) return undefined;
  try {
    if (open.size > MAX_DIRSTATE_BYTES) {
      throw new QuicksilverError('io', `${file}: ${open.size} bytes are more than the ${MAX_DIRSTATE_BYTES} allowed`, {
        file,
      });
    }
    accelerators?.expect?.(open.size);
    const allocate =
      accelerators?.shared === true
        ? (length: number): Buffer => Buffer.from(new SharedArrayBuffer(length))
        : undefined;
    return { bytes: open.read(0, open.size, allocate), identity: open.identity };
  } finally {
    open.close();
  }
}
