// Programs that share files load only those that they use, and have one copy of each module.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { temporaryDirectory } from '../../support/temporaryDirectory.ts';

interface Parts {
  readonly sharedChunks: esbuild.BuildOptions;
  readonly lazyBuiltins: esbuild.Plugin;
  joinedChunks(options: { readonly main: string; readonly uses: Readonly<Record<string, string>> }): esbuild.Plugin;
  chunksIn(folder: string): string[];
}

const SOURCES = {
  'base.mjs': 'export class Problem extends Error {}\nexport const loaded = [];\n',
  'engine.mjs': "import { loaded } from './base.mjs';\nloaded.push('engine');\nexport const scan = () => 'scanned';\n",
  'one.mjs': `import { Problem, loaded } from './base.mjs';
    import { scan } from './engine.mjs';
    loaded.push('one');
    export function run() { throw new Problem(scan()); }\n`,
  'two.mjs': `import { createHash } from 'node:crypto';
    import { loaded } from './base.mjs';
    import { scan } from './engine.mjs';
    loaded.push('two');
    export const run = () => (scan() === 'scanned' ? createHash('sha1').update('').digest('hex') : '');\n`,
  'rare.mjs': "import { loaded } from './base.mjs';\nloaded.push('rare');\nexport const run = () => 'rare';\n",
  'server.mjs': `import { loaded } from './base.mjs';
    import { scan } from './engine.mjs';
    console.log(scan(), loaded.join());
    if (process.argv[2] !== undefined) import('./rare.mjs').then(({ run }) => console.log(run()));\n`,
  'main.mjs': `#!/usr/bin/env node
    import { Problem, loaded } from './base.mjs';
    const commands = { one: () => import('./one.mjs'), two: () => import('./two.mjs'), rare: () => import('./rare.mjs') };
    const hasCrypto = () => process.moduleLoadList.includes('NativeModule crypto');
    const before = hasCrypto();
    commands[process.argv[2]]().then(async ({ run }) => console.log(run()))
      .catch(error => console.log(error instanceof Problem, error.message))
      .then(() => console.log(loaded.join(), before, hasCrypto()));\n`,
};

async function build(folder: string, parts: Parts): Promise<void> {
  await esbuild.build({
    ...parts.sharedChunks,
    absWorkingDir: folder,
    bundle: true,
    platform: 'node',
    target: 'node20',
    charset: 'utf8',
    minify: true,
    metafile: true,
    outdir: path.join(folder, 'dist'),
    outExtension: { '.js': '.cjs' },
    entryPoints: { main: 'main.mjs', server: 'server.mjs' },
    plugins: [parts.lazyBuiltins, parts.joinedChunks({ main: 'main', uses: { one: 'one.mjs', two: 'two.mjs' } })],
  });
}

test('a command loads what it uses, and errors keep their class', async t => {
  const file = path.resolve(import.meta.dirname, '../../../scripts/lib/shared-chunks.mjs');
  const parts = (await import(pathToFileURL(file).href)) as Parts;
  const folder = temporaryDirectory(t).root;
  for (const [name, text] of Object.entries(SOURCES)) fs.writeFileSync(path.join(folder, name), text);
  fs.mkdirSync(path.join(folder, 'dist'));
  fs.writeFileSync(path.join(folder, 'dist', 'shared-old.cjs'), '');
  await build(folder, parts);
  const dist = path.join(folder, 'dist');
  const run = (name: string, ...args: string[]): string[] =>
    execFileSync(process.execPath, [path.join(dist, name), ...args], { encoding: 'utf8' })
      .trim()
      .split('\n');

  assert.deepEqual(parts.chunksIn(dist).sort(), [
    'shared-core.cjs',
    'shared-more.cjs',
    'shared-one.cjs',
    'shared-two.cjs',
    'shared-uses.cjs',
  ]);
  assert.deepEqual(run('main.cjs', 'one'), ['true scanned', 'engine,one false false']);
  assert.deepEqual(run('main.cjs', 'two'), ['da39a3ee5e6b4b0d3255bfef95601890afd80709', 'engine,two false true']);
  assert.deepEqual(run('main.cjs', 'rare'), ['rare', 'rare false false']);
  assert.deepEqual(run('server.cjs'), ['scanned engine']);
  assert.deepEqual(run('server.cjs', 'more'), ['scanned engine', 'rare']);
  assert.match(fs.readFileSync(path.join(dist, 'main.cjs'), 'utf8'), /^#!\/usr\/bin\/env node\n/);
});
