// Asks the real `hg` for its status, to compare with ours. This folder is the only place that starts a process; nothing
// here runs unless a person asked for it.
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import * as nodePath from 'node:path';
import { bytePath, type BytePath } from '../base/bytePath.ts';
import { QuicksilverError, errorMessage, systemErrorCode } from '../base/errors.ts';

/** One file as `hg status -A -C -T json` tells it. */
export interface HgStatusEntry {
  readonly path: BytePath;
  /** M, A, R, !, ?, I or C. */
  readonly status: string;
  readonly source?: BytePath;
}

export type HgStatusAnswer =
  | { readonly kind: 'answer'; readonly entries: readonly HgStatusEntry[] }
  /** It ran and did not answer; the message is what it said, or why it was stopped. */
  | { readonly kind: 'failed'; readonly message: string };

export interface HgOptions {
  /** Milliseconds after which hg is stopped. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A status takes hg some seconds in the largest repositories; one that takes minutes hangs. */
const DEFAULT_TIMEOUT_MS = 120_000;
/** Far more than any repository's answer (200 bytes for each of five million files), far less than would fill memory. */
const MAX_OUTPUT_BYTES = 1 << 30;
/** What hg complains of is shown to a person; the beginning will do. */
const MAX_ERROR_BYTES = 8192;

/**
 * The absolute path of `hg`, or undefined if there is none on PATH. Entries of PATH that are not absolute are skipped, for
 * they would run what happens to lie in the current directory.
 */
export function findHg(environment: Readonly<Record<string, string | undefined>> = process.env): string | undefined {
  const name = process.platform === 'win32' ? 'hg.exe' : 'hg';
  for (const directory of (environment['PATH'] ?? environment['Path'] ?? '').split(nodePath.delimiter)) {
    if (!nodePath.isAbsolute(directory)) continue;
    const candidate = nodePath.join(directory, name);
    if (isExecutable(candidate)) return candidate;
  }
  return undefined;
}

/**
 * Runs `hg status -A -C -T json` in `root`. Aliases, defaults and output settings of the person's configuration are
 * switched off; the rest of it stays in force, because it decides what the right answer is.
 */
export function hgStatus(hg: string, root: string, options: HgOptions = {}): Promise<HgStatusAnswer> {
  const slowPaths = ['storage.dirstate-v2.slow-path', 'storage.revlog.persistent-nodemap.slow-path'];
  // Without these an hg that lacks its Rust parts refuses some formats that it can read.
  const config = slowPaths.flatMap(name => ['--config', `${name}=allow`]);
  return new Promise(resolve => {
    const child = spawn(hg, [...config, '--noninteractive', 'status', '-A', '-C', '-T', 'json'], {
      cwd: root,
      // HGPLAINEXCEPT would let aliases back in.
      env: { ...(options.environment ?? process.env), HGPLAIN: '1', HGPLAINEXCEPT: undefined, HGENCODING: 'utf-8' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      signal: options.signal,
      windowsHide: true,
    });
    const output: Buffer[] = [];
    let outputBytes = 0;
    let complaint = Buffer.alloc(0);
    child.stdout.on('data', (chunk: Buffer) => {
      outputBytes += chunk.length;
      if (outputBytes > MAX_OUTPUT_BYTES) child.kill();
      else output.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (complaint.length < MAX_ERROR_BYTES) complaint = Buffer.concat([complaint, chunk]);
    });
    child.once('error', error => {
      resolve({ kind: 'failed', message: `${hg}: ${errorMessage(error)}` });
    });
    child.once('close', (code, killedBy) => {
      if (outputBytes > MAX_OUTPUT_BYTES) resolve({ kind: 'failed', message: `${hg}: more than a gigabyte of output` });
      else if (killedBy !== null) resolve({ kind: 'failed', message: `${hg}: stopped by ${killedBy}` });
      else if (code !== 0) resolve({ kind: 'failed', message: failureMessage(hg, code, complaint) });
      else resolve(answerOf(hg, Buffer.concat(output)));
    });
  });
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

function answerOf(hg: string, output: Buffer): HgStatusAnswer {
  try {
    return { kind: 'answer', entries: parseHgStatus(output) };
  } catch (error) {
    if (!(error instanceof QuicksilverError)) throw error;
    return { kind: 'failed', message: `${hg}: ${error.message}` };
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

function failureMessage(hg: string, code: number | null, complaint: Buffer): string {
  const text = complaint.toString('utf8', 0, MAX_ERROR_BYTES).trim();
  return text === '' ? `${hg}: exit code ${code ?? 'unknown'}` : text;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return false;
  }
}
