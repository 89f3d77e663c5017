// The bundle of texts and its translations: complete, with the placeholders, links and settings of the English.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const { collectTexts } = (await import(new URL('../../../scripts/lib/l10n.mjs', import.meta.url).href)) as {
  readonly collectTexts: () => Record<string, string>;
};
const project = path.join(import.meta.dirname, '..', '..', '..');
const read = (name: string): Record<string, string> =>
  JSON.parse(readFileSync(path.join(project, name), 'utf8')) as Record<string, string>;

const languages = readdirSync(path.join(project, 'l10n')).flatMap(
  name => /^bundle\.l10n\.(.+)\.json$/.exec(name)?.[1] ?? [],
);

/** The parts of a text that a translation keeps. */
function fixedParts(text: string): string[] {
  return (text.match(/\{\d\}|\]\([^)]*\)|`[^`]*`|\n/g) ?? []).sort();
}

function assertTranslates(translated: Record<string, string>, english: Record<string, string>): void {
  assert.deepEqual(Object.keys(translated).sort(), Object.keys(english).sort());
  for (const [key, text] of Object.entries(english)) {
    assert.notEqual(translated[key]!.trim(), '', key);
    assert.deepEqual(fixedParts(translated[key]!), fixedParts(text), key);
  }
}

test('the bundle has the texts of the code', () => {
  const texts = collectTexts();
  assert.ok(Object.keys(texts).length > 300);
  assert.deepEqual(read('l10n/bundle.l10n.json'), texts, 'l10n/bundle.l10n.json is stale: run "npm run generate"');
  const { l10n } = read('package.json');
  assert.equal(l10n, './l10n');
});

test('each translation is complete and fits', () => {
  assert.deepEqual(languages, ['de']);
  for (const language of languages) {
    assertTranslates(read(`l10n/bundle.l10n.${language}.json`), read('l10n/bundle.l10n.json'));
    assertTranslates(read(`package.nls.${language}.json`), read('package.nls.json'));
  }
});

test('a translation differs from the English, except for names', () => {
  const german = read('l10n/bundle.l10n.de.json');
  const same = Object.entries(german).filter(([english, text]) => english === text && /[a-z]{3}/i.test(english));
  const names = [
    'Branch: {0}',
    'Changeset',
    'Changesets',
    'Commit',
    'Index',
    'Mercurial: {0}',
    'Merge',
    'Pull',
    'Push',
    'Quicksilver: {0}',
    'Subrepository',
  ];
  assert.deepEqual(
    same.map(([english]) => english).sort(),
    [...names, 'Subrepository: {0}', 'Topic: {0}', 'Upstream: {0}'].sort(),
  );
});
