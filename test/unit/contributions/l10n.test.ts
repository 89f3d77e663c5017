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

/** Sentences with placeholders for numbers, IDs, programs and whole sentences, which need no quotes. */
const NO_NAMES: readonly string[] = [
  "'{0}' has moved to {1} since the list was shown.",
  "'{0}' is ignored because its folder '{1}' is ignored by '{2}' ({3}, line {4}).",
  "'{0}' is ignored by '{1}' ({2}, line {3}).",
  'Cannot undo {0}: merges with subrepositories are not supported.',
  "Cannot undo {0}: the commit has already been shared (public phase). Use 'hg backout' instead.",
  'Cannot undo {0}: the commit has descendants.',
  'Line {0} has {1} characters (limit: {2}).',
  'Pull {0}?',
  'Push {0}?',
  "Revert '{0}' to {1}?",
  "The repository '{0}' is locked by process {1}.",
  'There is no changeset {0}.',
  'hg exited with code {0}.',
  '{0} The status comes from {1} (slower).',
  '{0} Trust the workspace to see its status.',
  '{0} changes no files.',
];

test('a name in a sentence is in single quotes', () => {
  const isCount = /^ (?:of \{\d\} |\w+ )?(?:files|changesets|characters|conflicts|heads)\b/;
  const texts = Object.keys(read('l10n/bundle.l10n.json'));
  for (const text of texts) assert.doesNotMatch(text, /[“”"]/, 'other quotes');
  const sentences = texts.filter(text => /[.?]$/.test(text));
  const found = sentences.filter(text => {
    // A name behind a colon or in brackets is no part of the sentence.
    const bare = [...text.matchAll(/\{\d\}/g)].filter(({ 0: { length }, index }) => {
      const [before, after] = [text.slice(0, index), text.slice(index + length)];
      const isQuoted = before.endsWith("'") && after.startsWith("'");
      const isApart = /(?:^|[:(] ?)$/.test(before) && /^(?:$|[:).])/.test(after);
      return !isQuoted && !isApart && !isCount.test(after);
    });
    return bare.length > 0;
  });
  assert.deepEqual(found.sort(), [...NO_NAMES].sort());
});
