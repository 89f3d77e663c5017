// Checks that version, changelog and tag agree: node scripts/check-release.mjs [v<version>]. With --notes it prints the
// changelog's section for the tag instead.
import fs from 'node:fs';
import path from 'node:path';
import { readOptions } from './lib/options.mjs';
import { PlainError, projectRoot, reportFailure } from './lib/processes.mjs';
import { releaseNotes, releaseProblems } from './lib/release.mjs';

const { values, positionals } = readOptions(
  'node scripts/check-release.mjs',
  { notes: { type: 'boolean' } },
  '[VERSION]',
);

await main().catch(reportFailure);

async function main() {
  const [tag] = positionals;
  const read = name => fs.promises.readFile(path.join(projectRoot, name), 'utf8');
  const [manifest, lock, changelog] = await Promise.all(
    ['package.json', 'package-lock.json', 'CHANGELOG.md'].map(read),
  );
  const problems = releaseProblems({ manifest, lock, changelog }, tag);
  if (problems.length > 0) throw new PlainError(problems.join('\n'));
  const { version } = JSON.parse(manifest);
  console.log(
    values.notes ? releaseNotes(changelog, version) : `Version, changelog${tag ? ' and tag' : ''} agree: ${version}`,
  );
}
