// The gallery of hostile repositories. Each is a copy of a sound one with one defect. outcomes.ts lists what
// Quicksilver must report for each.
import fs from 'node:fs';
import path from 'node:path';
import { dirstateCases } from './dirstateCases.mjs';
import { fileCases } from './fileCases.mjs';
import { makeSoundRepositories, Workshop } from './hostileTools.mjs';
import { ruleCases } from './ruleCases.mjs';
import { scopeCases } from './scopeCases.mjs';
import { storeCases } from './storeCases.mjs';
import { treeCases } from './treeCases.mjs';

const soundCases = ['v1', 'v2'].map(format => ({
  name: `sound-${format}`,
  provokes: `nothing: what the others are copies of, with a dirstate of ${format}`,
  format,
  make: () => undefined,
}));

/** All of them; those with `isLong` take minutes. */
export const hostileCases = [
  ...soundCases,
  ...dirstateCases,
  ...fileCases,
  ...ruleCases,
  ...scopeCases,
  ...storeCases,
  ...treeCases,
];

/**
 * Builds repositories below `folder`, each in a folder of its name. Returns { root, outside, ...case } for each,
 * without cases whose `skip` returns a reason.
 */
export function buildGallery(folder, cases) {
  const sound = path.join(folder, '.sound');
  fs.mkdirSync(sound, { recursive: true });
  makeSoundRepositories(sound);
  const built = [];
  for (const one of cases) {
    if (one.skip?.()) continue;
    const workshop = new Workshop(folder, one.name);
    const copy = { recursive: true, preserveTimestamps: true, verbatimSymlinks: true };
    fs.cpSync(path.join(sound, `sound-${one.format ?? 'v1'}`), workshop.root, copy);
    one.make(workshop);
    built.push({ ...one, root: workshop.root, outside: workshop.outside });
  }
  fs.rmSync(sound, { recursive: true });
  return built;
}
