// What the decoders' inputs have in common: those that the real program wrote, and the places where they are read from.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Dirstate } from '../../src/mercurial/dirstate/dirstate.ts';
import { readDirstate } from '../../src/mercurial/dirstate/readDirstate.ts';
import type { ProcessEnvironment } from '../../src/files/environment.ts';
import { QuicksilverError } from '../../src/base/errors.ts';
import { MemoryVfs } from './memoryVfs.ts';

const FIXTURES = path.join(import.meta.dirname, '..', 'fixtures');
export const ROOT = '/r';
export const HG = '/r/.hg';
const TRAITS = { executableBit: true, symlinks: true };

/** Files below `test/fixtures/<kind>/<name>`, in order. */
export function fixtures(kind: 'seeds' | 'hostile', name: string): { readonly file: string; readonly bytes: Buffer }[] {
  const folder = path.join(FIXTURES, kind, name);
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder)
    .sort()
    .map(file => ({ file, bytes: fs.readFileSync(path.join(folder, file)) }));
}

export function seeds(...names: readonly string[]): Buffer[] {
  const found = names.flatMap(name => fixtures('seeds', name).map(({ bytes }) => bytes));
  if (found.length === 0) throw new Error(`no seeds for ${names.join(', ')}`);
  return found;
}

export function seed(name: string, file: string): Buffer {
  return fs.readFileSync(path.join(FIXTURES, 'seeds', name, file));
}

export const LAYOUT = {
  hgDirectory: HG,
  sharedSource: undefined,
  storeDirectory: `${HG}/store`,
  requirements: new Set(['revlogv1', 'store']),
  files: [],
};

export const ENVIRONMENT: ProcessEnvironment = {
  variables: { HGRCPATH: '', HOME: '/home/me' },
  platform: 'linux',
  homeDirectory: '/home/me',
  userId: undefined,
};

export const NUMBERS = ['0', '-1', '4294967296', '9'.repeat(400), '1e9', '0x10', ' '];
export const LINES = ['\n', '\r\n', '\0', ' ', '\t', '\xff', '\xe2\x80\xa8'];

export function dirstateOf(files: Readonly<Record<string, Buffer>>): Dirstate {
  const named = Object.entries(files).map(([name, bytes]) => [`${HG}/${name}`, bytes] as const);
  return readDirstate(new MemoryVfs(Object.fromEntries(named)), HG, {
    traits: TRAITS,
    windowsNames: false,
    parentExists: () => true,
  });
}

/** As the callers of a decoder do: what is refused is no result, and the next thing is tried. */
export function tried(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof QuicksilverError)) throw error;
  }
}
