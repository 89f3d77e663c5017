// The floor: a small C program that does what every status has to do, and nothing else.
import fs from 'node:fs';
import path from 'node:path';
import { findProgram, outputOf } from '../lib/processes.mjs';
import { timed } from './programs.mjs';

/** Compiles the program and resolves to where it is; undefined without a compiler. */
export async function buildFloor(cache) {
  const compiler = findProgram(['cc', 'gcc', 'clang']);
  if (compiler === undefined || process.platform === 'win32') return undefined;
  fs.mkdirSync(cache, { recursive: true });
  const program = path.join(cache, 'floor');
  await outputOf(compiler, ['-O2', '-pthread', path.join(import.meta.dirname, 'floor.c'), '-o', program]);
  return program;
}

/** Milliseconds for reading all directories and the stats of what is in them, or for the stats of the tracked files. */
export async function runFloor(program, repository, threads, kind) {
  const more = kind === 'walk' ? repository.skipped : [repository.trackedList];
  const { stdout } = await timed(program, [repository.root, String(threads), kind, ...more]);
  return Number(stdout.split(' ')[0]);
}
