// Licenses of the packages whose code is in the bundles. They are read from the packages themselves at each build.
import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from './processes.mjs';

/** Returns the text for one or more esbuild metafiles: name, version and license of each bundled package. */
export function noticesFor(metafiles) {
  const packages = bundledPackages(metafiles).map(folder => ({ folder, ...readPackage(folder) }));
  const sections = packages
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ folder, name, version, license }) => {
      const title = `${name} ${version} (${license})`;
      return `${title}\n${'-'.repeat(title.length)}\n\n${licenseText(folder).trim()}\n`;
    });
  return ['Quicksilver contains code of the following packages.\n', ...sections].join('\n');
}

/** Returns the folders of all packages that the metafiles name, relative to the project, with '/'. */
export function bundledPackages(metafiles) {
  const folders = metafiles.flatMap(({ inputs }) =>
    Object.keys(inputs).flatMap(input => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0] ?? []),
  );
  return [...new Set(folders)].sort();
}

function readPackage(folder) {
  return JSON.parse(fs.readFileSync(path.join(projectRoot, folder, 'package.json'), 'utf8'));
}

/** Throws if the package has no license file: its terms could not be passed on. */
function licenseText(folder) {
  const names = fs
    .readdirSync(path.join(projectRoot, folder))
    .filter(name => /^(licen[sc]e|copying|notice)/i.test(name));
  if (names.length === 0) throw new Error(`${folder} has no license file.`);
  return names.map(name => fs.readFileSync(path.join(projectRoot, folder, name), 'utf8')).join('\n');
}
