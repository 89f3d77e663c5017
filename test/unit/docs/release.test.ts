// Version, changelog and tag agree, and the project's address stands in one place.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { checkedFiles, PROJECT } from '../../support/writing/files.ts';

interface Texts {
  readonly manifest: string;
  readonly lock: string;
  readonly changelog: string;
}

interface Release {
  readonly releaseProblems: (texts: Texts, tag?: string) => string[];
  readonly releaseNotes: (changelog: string, version: string) => string | undefined;
}

const file = join(PROJECT, 'scripts', 'lib', 'release.mjs');
const { releaseProblems, releaseNotes } = (await import(pathToFileURL(file).href)) as Release;
const read = (name: string): string => readFileSync(join(PROJECT, name), 'utf8');

test('version and changelog agree', () => {
  const texts = { manifest: read('package.json'), lock: read('package-lock.json'), changelog: read('CHANGELOG.md') };
  assert.deepEqual(releaseProblems(texts), []);
});

test('each disagreement is found', () => {
  const texts = (version: string, changelog: string, locked = version): Texts => ({
    manifest: JSON.stringify({ version }),
    lock: JSON.stringify({ version: locked, packages: { '': { version: locked } } }),
    changelog,
  });
  const log =
    '# Changelog\n\n## 1.1.0 - 2026-01-02\n\n### Added\n\n- A\n\n### Fixed\n\n- B\n\n## 1.0.10\n\n- C\n\n## 1.0.9\n';
  assert.deepEqual(releaseProblems(texts('1.1.0', log), 'v1.1.0'), []);
  assert.equal(releaseProblems(texts('1.1.0', log), 'v1.1.1').length, 1);
  assert.equal(releaseProblems(texts('1.1.0', log), '1.1.0').length, 1);
  assert.equal(releaseProblems(texts('1.1.0', log, '1.0.0')).length, 1);
  assert.equal(releaseProblems(texts('1.2.0', log)).length, 1);
  assert.equal(releaseProblems(texts('1.1.0', log.replace('1.0.10', '1.0.8'))).length, 1);
  assert.equal(releaseProblems(texts('1.1.0', log.replace('Fixed', 'Mended'))).length, 1);
  assert.equal(releaseProblems(texts('1.1.0', log.replace('Added', 'Security'))).length, 1);
  const unreleased = log.replace('## 1.1.0', '## Unreleased\n\n- D\n\n## 1.1.0');
  assert.deepEqual(releaseProblems(texts('1.1.0', unreleased)), []);
  assert.equal(releaseProblems(texts('1.1.0', unreleased), 'v1.1.0').length, 1);
  assert.equal(releaseProblems(texts('1.1.0', `${log}\n## Unreleased\n`)).length, 1);
  assert.equal(releaseNotes(unreleased, '1.1.0'), '### Added\n\n- A\n\n### Fixed\n\n- B');
  assert.equal(releaseNotes(unreleased, '1.0.9'), '');
  assert.equal(releaseNotes(unreleased, '2.0.0'), undefined);
});

test("the project's address stands in package.json alone, three times the same", () => {
  const manifest = JSON.parse(read('package.json')) as {
    homepage: string;
    repository: { url: string };
    bugs: { url: string };
  };
  const { homepage } = manifest;
  const address = homepage.replace('#readme', '');
  assert.equal(manifest.repository.url, `git+${address}.git`);
  assert.equal(manifest.bugs.url, `${address}/issues`);
  const owner = new URL(address).pathname.split('/')[1]!;
  const forms = readdirSync(join(PROJECT, '.github'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.yml'))
    .map(name => `.github/${name}`);
  assert.ok(forms.length >= 5);
  const elsewhere = [...checkedFiles(), ...forms].filter(path => read(path).includes(`/${owner}/`));
  assert.deepEqual(elsewhere, []);
});

test('the issue forms for faults ask for the report of the doctor', () => {
  for (const form of ['wrong-status.yml', 'bug.yml']) {
    assert.match(read(`.github/ISSUE_TEMPLATE/${form}`), /id: doctor[^]*?quicksilver doctor[^]*?required: true/);
  }
});
