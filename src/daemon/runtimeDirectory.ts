// The shared server's own directory: its socket and its log. Nothing else in Quicksilver writes files. Rules:
// - It belongs to the user and has the mode 0700, so that nobody else can connect, list it or put a socket into it.
// - It lies outside of every repository: those may be read-only, shared or hostile.
// - A name of a socket has fewer than 104 bytes, the limit of macOS (Linux: 108).
// Windows has named pipes, which have no place in a directory. There a file takes the socket's place: it has the random
// name of the pipe and a secret. Who can read it is the user, by the access list of the folder for local data.
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { systemErrorCode } from '../base/errors.ts';
import type { Disposable } from '../base/lifecycle.ts';

/** The first number of the protocol's version is part of the name: servers of other versions have other sockets. */
export const PROTOCOL_MAJOR = 1;
/** The second number counts additions. */
export const PROTOCOL_MINOR = 1;
export const SOCKET_NAME = `qs${PROTOCOL_MAJOR}.sock`;
/** In place of the socket on Windows. */
export const PIPE_FILE_NAME = `qs${PROTOCOL_MAJOR}.json`;
export const LOG_NAME = 'server.log';
const PIPES = '\\\\.\\pipe\\quicksilver-';
const MOST_PIPE_FILE_BYTES = 4096;
const MOST_ADDRESS_BYTES = 103;
const MOST_LOG_BYTES = 1 << 20;

export type Variables = Readonly<Record<string, string | undefined>>;

/** Where a server listens. */
export interface Door {
  /** For `listen` and `connect`. */
  readonly address: string;
  /** Both sides prove that they know it, see proof.ts. Undefined for a socket, which only its user can reach. */
  readonly secret?: string;
}

/** Returns the user's runtime directory, which need not exist; undefined where there is no server. */
export function runtimeDirectory(
  variables: Variables,
  platform: NodeJS.Platform = process.platform,
): RuntimeDirectory | undefined {
  const place = runtimeDirectoryPath(variables, platform);
  return place === undefined ? undefined : new RuntimeDirectory(place, platform === 'win32' ? PIPES : undefined);
}

/**
 * Returns the path of the user's runtime directory. Undefined where there is no server: as another user by sudo, and if
 * the path is too long. On Windows, undefined without a folder for local data.
 * Clients in C and Python have the same rule.
 */
export function runtimeDirectoryPath(
  variables: Variables,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  if (platform === 'win32') return windowsDirectory(variables);
  const user = process.geteuid?.();
  if (user === undefined) return undefined;
  // By sudo with the home of somebody else: files made there would be in that user's way.
  if (user === 0 && lstat(variables['HOME'] ?? '')?.uid !== user) return undefined;
  const directory = chosenDirectory(variables, user);
  const address = Buffer.byteLength(path.join(directory, 'p4294967295'));
  return Math.max(address, Buffer.byteLength(path.join(directory, SOCKET_NAME))) > MOST_ADDRESS_BYTES
    ? undefined
    : directory;
}

function windowsDirectory(variables: Variables): string | undefined {
  const own = variables['QUICKSILVER_RUNTIME_DIRECTORY'];
  if (own !== undefined && path.win32.isAbsolute(own)) return own;
  const local = variables['LOCALAPPDATA'];
  return local !== undefined && path.win32.isAbsolute(local) ? path.win32.join(local, 'quicksilver') : undefined;
}

function chosenDirectory(variables: Variables, user: number): string {
  const own = variables['QUICKSILVER_RUNTIME_DIRECTORY'];
  if (own !== undefined && path.isAbsolute(own)) return own;
  const session = variables['XDG_RUNTIME_DIR'];
  if (session !== undefined && path.isAbsolute(session) && isPrivate(session, user)) {
    return path.join(session, 'quicksilver');
  }
  const temporary = variables['TMPDIR'];
  const base = temporary !== undefined && path.isAbsolute(temporary) ? temporary : '/tmp';
  return path.join(base, `quicksilver-${user}`);
}

function isPrivate(directory: string, user: number): boolean {
  const stat = lstat(directory);
  return stat !== undefined && stat.isDirectory() && stat.uid === user && (stat.mode & 0o077) === 0;
}

function lstat(file: string): fs.Stats | undefined {
  try {
    return fs.lstatSync(file);
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return undefined;
  }
}

/** The runtime directory as one process uses it. */
export class RuntimeDirectory {
  readonly path: string;
  readonly #user: number;
  readonly #pipes: string | undefined;

  /** @param pipes what the names of pipes begin with; undefined for sockets */
  constructor(directory: string, pipes?: string) {
    this.path = directory;
    this.#pipes = pipes;
    this.#user = process.geteuid?.() ?? -1;
  }

  /** The public name: a socket, or the file that names a pipe. */
  get address(): string {
    return path.join(this.path, this.#pipes === undefined ? SOCKET_NAME : PIPE_FILE_NAME);
  }

  /** Where clients find the server; undefined if nothing names a pipe. */
  get door(): Door | undefined {
    if (this.#pipes === undefined) return { address: this.address };
    return readDoor(this.address, this.#pipes);
  }

  /** Where a starting server listens first, which only it knows until {@link announce}. */
  newDoor(process: number): Door {
    if (this.#pipes === undefined) return { address: this.privateAddress(process) };
    const [name, secret] = [randomBytes(16).toString('hex'), randomBytes(32).toString('hex')];
    return { address: `${this.#pipes}${name}`, secret };
  }

  /** Gives a door that a server listens at its private name. */
  announce(process: number, door: Door): void {
    const address = this.privateAddress(process);
    if (this.#pipes !== undefined) fs.writeFileSync(address, JSON.stringify(door), { flag: 'wx', mode: 0o600 });
    fs.chmodSync(address, 0o600);
  }

  get logFile(): string {
    return path.join(this.path, LOG_NAME);
  }

  /**
   * True if the directory exists, is no link, and is closed to everybody else. Node does not show the access list of
   * Windows: there the folder for local data is trusted to keep others out.
   */
  isSafe(): boolean {
    return this.#pipes === undefined ? isPrivate(this.path, this.#user) : lstat(this.path)?.isDirectory() === true;
  }

  /** Makes the directory. False if something else is there, or another user may enter it. */
  make(): boolean {
    try {
      fs.mkdirSync(this.path, { mode: 0o700 });
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') return false;
    }
    return this.isSafe();
  }

  /** The private name under which a starting server listens first. */
  privateAddress(process: number): string {
    return path.join(this.path, `p${process}`);
  }

  /** Gives the private name the public one, instead of the one before. */
  publish(privateAddress: string): void {
    fs.renameSync(privateAddress, this.address);
  }

  /** Returns another text for another server behind a name; undefined if there is none. */
  identity(address: string): string | undefined {
    if (this.#pipes !== undefined) return readDoor(address, this.#pipes)?.address;
    const inode = lstat(address)?.ino;
    return inode === undefined ? undefined : String(inode);
  }

  remove(address: string): void {
    fs.rmSync(address, { force: true });
  }

  /** Private names that other starting servers have, or have left behind: their process and the age in milliseconds. */
  *privateNames(): Generator<{ readonly address: string; readonly process: number; readonly age: number }> {
    for (const name of fs.readdirSync(this.path)) {
      const number = /^p(\d{1,10})$/.exec(name)?.[1];
      const address = path.join(this.path, name);
      const stat = number === undefined ? undefined : lstat(address);
      if (stat !== undefined) yield { address, process: Number(number), age: Date.now() - stat.mtimeMs };
    }
  }

  /** The names in the directory. */
  names(): readonly string[] {
    return fs.readdirSync(this.path);
  }

  /** Makes an empty file, unless something has its name. */
  writeEmpty(name: string): void {
    const flags = fs.constants.O_WRONLY | fs.constants.O_CREAT | fs.constants.O_NOFOLLOW;
    fs.closeSync(fs.openSync(path.join(this.path, name), flags, 0o600));
  }

  removeName(name: string): void {
    this.remove(path.join(this.path, name));
  }

  /**
   * Calls `onChange` when the public name may have become a socket or another one. Undefined if the system has no watch
   * left. The directory must exist.
   */
  watchAddress(onChange: () => void): Disposable | undefined {
    let watcher: fs.FSWatcher;
    try {
      watcher = fs.watch(this.path, { persistent: false });
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error;
      return undefined;
    }
    watcher.on('change', (_, name: string | Buffer | null) => {
      // Some systems pass null.
      if (name === null || name === path.basename(this.address)) onChange();
    });
    watcher.on('error', () => watcher.close());
    return { dispose: () => watcher.close() };
  }

  /** Programs that clean temporary directories leave young files alone. */
  touch(): void {
    const now = new Date();
    for (const file of [this.path, this.address, this.logFile]) {
      if (lstat(file) !== undefined) fs.utimesSync(file, now, now);
    }
  }

  /** Adds lines to the log, which is renamed when it has one megabyte: at most two files exist. */
  log(lines: string): void {
    const size = lstat(this.logFile)?.size ?? 0;
    if (size > MOST_LOG_BYTES) fs.renameSync(this.logFile, `${this.logFile}.1`);
    const flags = fs.constants.O_WRONLY | fs.constants.O_APPEND | fs.constants.O_CREAT | fs.constants.O_NOFOLLOW;
    const file = fs.openSync(this.logFile, flags, 0o600);
    try {
      fs.writeSync(file, lines);
    } finally {
      fs.closeSync(file);
    }
  }

  /** The last lines of the log; '' if there is none. */
  readLog(mostBytes = 64 << 10): string {
    if (lstat(this.logFile) === undefined) return '';
    const text = fs.readFileSync(this.logFile, 'utf8');
    return text.length <= mostBytes ? text : text.slice(text.indexOf('\n', text.length - mostBytes) + 1);
  }
}

/** Reads the file that names a pipe; undefined if it is none. */
function readDoor(file: string, pipes: string): Door | undefined {
  let text: string;
  try {
    const stat = fs.lstatSync(file);
    if (!stat.isFile() || stat.size > MOST_PIPE_FILE_BYTES) return undefined;
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return undefined;
  }
  const [, address, secret] = /^\{"address":("[^\n]*"),"secret":"([0-9a-f]{64})"\}$/.exec(text) ?? [];
  if (address === undefined || secret === undefined) return undefined;
  const name = address.slice(1, -1).replaceAll('\\\\', '\\');
  return name.startsWith(pipes) && /^[0-9a-f]{32}$/.test(name.slice(pipes.length))
    ? { address: name, secret }
    : undefined;
}

/** Names the mount namespace of this process: paths of another one lead elsewhere. '-' where there are none. */
export function mountNamespace(): string {
  try {
    return fs.readlinkSync('/proc/self/ns/mnt');
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return '-';
  }
}
