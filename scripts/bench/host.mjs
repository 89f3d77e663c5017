// Measures what a user notices in VS Code: how long its extension host is blocked, and how soon a save shows.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { PlainError, projectRoot } from '../lib/processes.mjs';
import { removeTree } from '../lib/remove-tree.mjs';
import { knownReleases } from '../vscode/get-vscode.mjs';
import { findChromium, quietSettings } from '../vscode/launch.mjs';
import { writeFiles } from '../vscode/mercurial.mjs';
import { makeRow } from './report.mjs';
import { updatedContent } from './repository.mjs';

/** Changed files in the first status that is shown. */
const CHANGES = 10_000;
const SAVES = 60;
const LIMIT = 300_000;
const KILOBYTE = 1000;

export async function measureHost(repository, { rounds, notes, profile }) {
  if (process.platform !== 'linux' || findChromium() === undefined) {
    notes.push('VS Code was not measured: that needs Linux and Chromium.');
    return [];
  }
  const { plan } = repository;
  repository.use('v1');
  const changed = plan.burst.slice(0, CHANGES);
  const saved = plan.updated.slice(0, SAVES / 2);
  const runs = [];
  try {
    for (const file of changed) fs.appendFileSync(repository.absolute(file.path), 'changed\n');
    // Each is a start of VS Code: three are enough to see whether they agree.
    for (let round = 0; round < Math.min(rounds, 3); round++) {
      runs.push(await inVscode({ root: repository.root, changes: changed.length, saved, cpuProfile: profile }));
    }
  } finally {
    for (const file of [...changed, ...saved]) repository.restore(file);
  }
  const all = name => runs.flatMap(run => run[name]);
  const row = (id, title, values, targets, unit) =>
    makeRow({ id: `host.${id}`, files: plan.count, title, values, targets, unit });
  const bundle = fs.statSync(path.join(projectRoot, 'dist', 'extension.cjs')).size / KILOBYTE;
  return [
    row('save', 'a save in VS Code, until decoration and count are told', all('saves'), [{ of: 'p95', limit: 50 }]),
    row('saving', 'the save itself', all('savesAlone'), []),
    row('block', `longest block of the extension host, first status with ${changed.length} changes`, all('block'), [
      { of: 'median', limit: 8 },
    ]),
    row('blockOthers', 'the same when an empty folder is opened', all('blockOthers'), []),
    row('activate', 'activate(), until it returns', all('activate'), [{ of: 'median', limit: 20 }]),
    row('load', 'loading the bundle for it', all('load'), []),
    row('bundle', 'the bundle on the extension host', [bundle], [{ of: 'median', limit: 100 }], 'KB'),
  ].filter(({ count }) => count > 0);
}

async function inVscode({ root, changes, saved, cpuProfile }) {
  const temporary = fs.realpathSync.native(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-bench-vscode-')));
  try {
    const profile = path.join(temporary, 'profile');
    const output = path.join(temporary, 'measured.json');
    const workspace = path.join(temporary, 'bench.code-workspace');
    writeFiles(temporary, {
      'empty/note.txt': '',
      'other/note.txt': '',
      'bench.code-workspace': JSON.stringify({ folders: [{ path: 'empty' }] }),
      'profile/User/settings.json': JSON.stringify(quietSettings),
    });
    await runTests({
      version: knownReleases[0],
      vscodeExecutablePath: path.join(import.meta.dirname, '..', 'vscode', 'shim.mjs'),
      extensionDevelopmentPath: projectRoot,
      extensionTestsPath: path.join(import.meta.dirname, 'hostMain.cjs'),
      launchArgs: [workspace, '--disable-extensions', `--user-data-dir=${profile}`],
      extensionTestsEnv: {
        QUICKSILVER_VSCODE_RELEASE: knownReleases[0],
        QUICKSILVER_TEST_TIMEOUT: String(LIMIT),
        QUICKSILVER_BENCH: JSON.stringify({
          output,
          root,
          other: path.join(temporary, 'other'),
          changes,
          cpuProfile,
          saved: saved.map(file => ({ path: file.path, text: updatedContent(file).toString('latin1') })),
        }),
        HGRCPATH: '',
      },
    });
    if (!fs.existsSync(output)) throw new PlainError('VS Code ended without a measurement.');
    return JSON.parse(fs.readFileSync(output, 'utf8'));
  } finally {
    removeTree(temporary);
  }
}
