// The notices that go with the bundles: every package whose code is bundled is in them, with its license.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build, type Metafile } from 'esbuild';

interface Notices {
  readonly noticesFor: (metafiles: readonly Metafile[]) => string;
  readonly bundledPackages: (metafiles: readonly Metafile[]) => string[];
}

const project = path.resolve(import.meta.dirname, '../../..');
const file = path.join(project, 'scripts', 'lib', 'third-party-notices.mjs');
const { noticesFor, bundledPackages } = (await import(pathToFileURL(file).href)) as Notices;

async function metafileOf(source: string): Promise<Metafile> {
  const { metafile } = await build({
    stdin: { contents: source, resolveDir: project },
    absWorkingDir: project,
    bundle: true,
    platform: 'node',
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  return metafile;
}

test('every dependency, and what it bundles itself, is named with its version and license', async () => {
  const { dependencies } = JSON.parse(readFileSync(path.join(project, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const names = Object.keys(dependencies);
  const metafile = await metafileOf(
    names.map((name, index) => `import * as m${index} from '${name}'; console.log(m${index});`).join('\n'),
  );
  const packages = bundledPackages([metafile, metafile]);
  for (const name of names)
    assert.ok(
      packages.some(folder => folder.endsWith(`node_modules/${name}`)),
      name,
    );
  assert.ok(packages.length > names.length, 'packages of packages');
  const notices = noticesFor([metafile]);
  for (const folder of packages) {
    const { name, version } = JSON.parse(readFileSync(path.join(project, folder, 'package.json'), 'utf8')) as {
      name: string;
      version: string;
    };
    const license = readdirSync(path.join(project, folder)).find(each => /^licen[sc]e/i.test(each))!;
    assert.ok(notices.includes(`${name} ${version} (`), name);
    assert.ok(notices.includes(readFileSync(path.join(project, folder, license), 'utf8').trim()), `license of ${name}`);
  }
});

test('nested and scoped packages are told apart, own files are not listed', () => {
  const inputs = [
    'src/a.ts',
    'node_modules/a/x.js',
    'node_modules/a/node_modules/@s/b/y/z.js',
    'node_modules/@s/c/x.js',
  ];
  const metafile = { inputs: Object.fromEntries(inputs.map(input => [input, {}])), outputs: {} };
  assert.deepEqual(bundledPackages([metafile as Metafile]), [
    'node_modules/@s/c',
    'node_modules/a',
    'node_modules/a/node_modules/@s/b',
  ]);
});
