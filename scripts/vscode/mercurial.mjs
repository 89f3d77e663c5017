// The real hg, for building repositories that the tests and the sample show.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { findProgram } from '../lib/processes.mjs';

/** The hg on the PATH, or undefined. */
export function findHg() {
  return findProgram(['hg']);
}

/**
 * Runs the real hg in a folder, free of this machine's configuration. Returns its standard output as text; throws,
 * with hg's own message, on a non-zero exit.
 */
export function hg(cwd, ...args) {
  const env = {
    ...process.env,
    HGRCPATH: '',
    HGPLAIN: '1',
    HGENCODING: 'utf-8',
    HGUSER: 'Ada Example <ada@example.org>',
  };
  return execFileSync(findHg() ?? 'hg', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Writes files under a folder: `files` maps slash-separated relative paths to contents. */
export function writeFiles(folder, files) {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, ...name.split('/'));
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  }
}

/** Makes a repository with `files` committed in it; `options` are those of `hg commit`. */
export function initRepository(folder, files, ...options) {
  fs.mkdirSync(folder, { recursive: true });
  hg(folder, 'init');
  writeFiles(folder, files);
  if (Object.keys(files).length > 0) {
    hg(folder, 'addremove', '--similarity', '0');
    hg(folder, 'commit', '--message', 'First commit', ...options);
  }
}
