// The README in the package: VS Code's details page resolves no relative address.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const project = path.join(import.meta.dirname, '..', '..', '..');
const { packageReadme } = (await import(path.join(project, 'scripts', 'lib', 'package-readme.mjs'))) as {
  readonly packageReadme: (text: string, folder: string, repository: string) => string;
};

test('pictures are part of the text, and links lead to the repository', () => {
  const text = packageReadme(readFileSync(path.join(project, 'README.md'), 'utf8'), project, 'https://host/owner/name');
  const addresses = [...text.matchAll(/\]\(([^)]*)\)/g)].map(([, address]) => address!);
  assert.ok(addresses.some(address => address.startsWith('data:image/png;base64,')));
  assert.ok(addresses.some(address => address.startsWith('https://host/owner/name/blob/main/docs/')));
  for (const address of addresses) assert.match(address, /^(?:data:image\/png;|https:|#)/);
});
