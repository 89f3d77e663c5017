// Starts VS Code for a measurement, and returns what a program inside of its extension host measured.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { PlainError, projectRoot } from '../lib/processes.mjs';
import { removeTree } from '../lib/remove-tree.mjs';
import { knownReleases } from '../vscode/get-vscode.mjs';
import { findChromium, quietSettings } from '../vscode/launch.mjs';
import { writeFiles } from '../vscode/mercurial.mjs';

const LIMIT = 300_000;

/** Returns false, with a note, where VS Code cannot be measured. */
export function canMeasureVscode(notes) {
  if (process.platform === 'linux' && findChromium() !== undefined) return true;
  const note = 'VS Code was not measured: that needs Linux and Chromium.';
  if (!notes.includes(note)) notes.push(note);
  return false;
}

/**
 * @param program a file beside this one. It exports `run`, gets its task as JSON in QUICKSILVER_BENCH, and writes JSON
 *   to the file `output`
 * @param prepare fills a temporary folder; returns { folders, task }: the folders of the workspace, and the task
 */
export async function measureInVscode(program, prepare) {
  const temporary = fs.realpathSync.native(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-bench-vscode-')));
  try {
    const profile = path.join(temporary, 'profile');
    const output = path.join(temporary, 'measured.json');
    const workspace = path.join(temporary, 'bench.code-workspace');
    const { folders, task } = prepare(temporary);
    writeFiles(temporary, {
      'bench.code-workspace': JSON.stringify({ folders: folders.map(folder => ({ path: folder })) }),
      'profile/User/settings.json': JSON.stringify(quietSettings),
    });
    await runTests({
      version: knownReleases[0],
      vscodeExecutablePath: path.join(import.meta.dirname, '..', 'vscode', 'shim.mjs'),
      extensionDevelopmentPath: projectRoot,
      extensionTestsPath: path.join(import.meta.dirname, program),
      launchArgs: [workspace, '--disable-extensions', `--user-data-dir=${profile}`],
      extensionTestsEnv: {
        QUICKSILVER_VSCODE_RELEASE: knownReleases[0],
        QUICKSILVER_TEST_TIMEOUT: String(LIMIT),
        QUICKSILVER_BENCH: JSON.stringify({ output, ...task }),
        HGRCPATH: '',
      },
    });
    if (!fs.existsSync(output)) throw new PlainError('VS Code ended without a measurement.');
    return JSON.parse(fs.readFileSync(output, 'utf8'));
  } finally {
    removeTree(temporary);
  }
}
