// Links between pages, enforced: every relative link leads to a file, every anchor to a heading, and every folder or file
// that a page names exists.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { checkedFiles, PROJECT } from '../../support/writing/files.ts';

/** Returns the targets of all links and images in a page, without those in code. */
function linksOf(page: string): string[] {
  const prose = page.replace(/^(```|~~~)[^]*?^\1/gm, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?\s*\)/g)].map(match => match[1]!);
}

/** Returns the anchors of a page's headings, as Git hosts make them. */
function anchorsOf(page: string): string[] {
  const headings = [...page.replace(/^(```|~~~)[^]*?^\1/gm, '').matchAll(/^#+\s+(.*)$/gm)];
  return headings.map(match =>
    match[1]!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}

/** Returns the links of a page that lead nowhere. */
function brokenLinks(path: string, page: string, read: (path: string) => string | undefined): string[] {
  return linksOf(page).filter(link => {
    if (/^[a-z]+:/.test(link)) return false;
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? page : read(join(dirname(path), file));
    return target === undefined || (anchor !== undefined && !anchorsOf(target).includes(anchor));
  });
}

function readFile(path: string): string | undefined {
  const file = join(PROJECT, path);
  if (!existsSync(file)) return undefined;
  return path.endsWith('.md') ? readFileSync(file, 'utf8') : '';
}

test('every link in the docs leads somewhere', () => {
  const pages = checkedFiles().filter(path => path.endsWith('.md'));
  const broken = pages.flatMap(path => brokenLinks(path, readFile(path)!, readFile).map(link => `${path}: ${link}`));
  assert.deepEqual(broken, []);
});

test('every page of the docs is linked from another one', () => {
  const pages = checkedFiles().filter(path => path.endsWith('.md'));
  const linked = new Set(
    pages.flatMap(path => linksOf(readFile(path)!).map(link => join(dirname(path), link.split('#')[0]!))),
  );
  assert.deepEqual(
    pages.filter(path => path.startsWith('docs/') && !linked.has(path)),
    [],
  );
});

/** Returns the paths of this project that a page names in backticks. Patterns and placeholders are not among them. */
function pathsNamedIn(page: string): string[] {
  const quoted = [...page.replace(/^(```|~~~)[^]*?^\1/gm, '').matchAll(/`([^`\n]+)`/g)].map(match => match[1]!);
  return quoted.filter(
    text => /^(?:src|native|scripts|test|docs|media|l10n|\.\w+)\/[\w./-]*$/.test(text) && !text.startsWith('.hg/'),
  );
}

test('every folder and file that the docs name exists', () => {
  const pages = checkedFiles().filter(path => path.endsWith('.md') && path !== 'CHANGELOG.md');
  const missing = pages.flatMap(path =>
    pathsNamedIn(readFile(path)!)
      .filter(name => !existsSync(join(PROJECT, name)))
      .map(name => `${path}: ${name}`),
  );
  assert.deepEqual(missing, []);
});

test('the code map names every folder of src', () => {
  const map = readFile('docs/architecture.md')!;
  const folders = readdirSync(join(PROJECT, 'src'), { withFileTypes: true }).filter(item => item.isDirectory());
  assert.deepEqual(
    folders.map(({ name }) => name).filter(name => !map.includes(`### \`src/${name}/\``)),
    [],
  );
});

test('paths are told from other code', () => {
  assert.deepEqual(
    pathsNamedIn('`src/a.ts`, `src/<name>/`, `.hg/wlock`, `npm test`, `.github/x`, `test/*.ts`, `docs/`'),
    ['src/a.ts', '.github/x', 'docs/'],
  );
});

test('the README fits on two screens', () => {
  assert.ok(readFile('README.md')!.trimEnd().split('\n').length <= 120);
});

test('broken links are found', () => {
  const page = '# A b\n[x](a.md) ![y](no.png) [z](#a-b) [w](#c) [v](a.md#there) [u](a.md#no)\n`[t](no.md)` <https://x>';
  const read = (path: string): string | undefined => (path === 'docs/a.md' ? '## There!' : undefined);
  assert.deepEqual(brokenLinks('docs/b.md', page, read), ['no.png', '#c', 'a.md#no']);
  assert.deepEqual(brokenLinks('docs/b.md', '[out](https://example.org) [up](../a.md)', read), ['../a.md']);
});
