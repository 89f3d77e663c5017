// Builds the gallery of hostile repositories in a folder, for inspection with any tool.
//   node scripts/hostile-repositories.mjs FOLDER [NAME]...
import fs from 'node:fs';
import path from 'node:path';
import { bazaarCases, BRZ, buildBazaarGallery } from '../test/support/hostile/bazaarCases.mjs';
import { buildGallery, hostileCases } from '../test/support/hostile/gallery.mjs';
import { buildGitGallery, gitCases } from '../test/support/hostile/gitCases.mjs';
import { PlainError, reportFailure } from './lib/processes.mjs';

try {
  const [folder, ...names] = process.argv.slice(2);
  if (folder === undefined) throw new PlainError('usage: node scripts/hostile-repositories.mjs FOLDER [NAME]...');
  const ofBazaar = BRZ === undefined ? [] : bazaarCases;
  const unknown = names.filter(name => ![...hostileCases, ...ofBazaar, ...gitCases].some(one => one.name === name));
  if (unknown.length > 0) throw new PlainError(`There is no ${unknown.join(', ')} in the gallery.`);
  const isChosen = one => (names.length === 0 ? one.isLong !== true : names.includes(one.name));
  const place = path.resolve(folder);
  fs.mkdirSync(folder, { recursive: true });
  const built = [
    ...buildGallery(place, hostileCases.filter(isChosen)),
    ...buildBazaarGallery(place, ofBazaar.filter(isChosen)),
    ...buildGitGallery(place, gitCases.filter(isChosen)),
  ];
  for (const { root, provokes } of built) console.log(`${root}: ${provokes}`);
} catch (error) {
  reportFailure(error);
}
