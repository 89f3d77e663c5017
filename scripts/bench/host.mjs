// Measures what a user notices in VS Code: how long its extension host is blocked, and how soon a save shows.
import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../lib/processes.mjs';
import { writeFiles } from '../vscode/mercurial.mjs';
import { canMeasureVscode, measureInVscode } from './vscode.mjs';
import { makeRow } from './report.mjs';
import { updatedContent } from './repository.mjs';

/** Changed files in the first status that is shown. */
const CHANGES = 10_000;
const SAVES = 60;
const KILOBYTE = 1000;

export async function measureHost(repository, { rounds, notes, profile }) {
  if (!canMeasureVscode(notes)) return [];
  const { plan } = repository;
  repository.use('v1');
  const changed = plan.burst.slice(0, CHANGES);
  const saved = plan.updated.slice(0, SAVES / 2);
  const runs = [];
  try {
    for (const file of changed) fs.appendFileSync(repository.absolute(file.path), 'changed\n');
    // Each is a start of VS Code: three are enough to see whether they agree.
    for (let round = 0; round < Math.min(rounds, 3); round++) {
      runs.push(
        await measureInVscode('hostMain.cjs', temporary => {
          writeFiles(temporary, { 'empty/note.txt': '', 'other/note.txt': '' });
          const task = {
            root: repository.root,
            other: path.join(temporary, 'other'),
            changes: changed.length,
            cpuProfile: profile,
            saved: saved.map(file => ({ path: file.path, text: updatedContent(file).toString('latin1') })),
          };
          return { folders: ['empty'], task };
        }),
      );
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
