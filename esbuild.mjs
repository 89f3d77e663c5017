// Builds the bundles: the extension (thin, on the extension host's thread) and its commands, loaded on first use. Also
// the worker, the programs that ssh and hg run, and the CLI. Only the extension may see `vscode`: a leak of that import
// into the core breaks the other builds.
import * as esbuild from 'esbuild';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { joinedChunks, lazyBuiltins, sharedChunks } from './scripts/lib/shared-chunks.mjs';
import { noticesFor } from './scripts/lib/third-party-notices.mjs';

const { values } = parseArgs({ options: { watch: { type: 'boolean', default: false } } });

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minify: true,
  charset: 'utf8',
  sourcemap: 'linked',
  logLevel: 'warning',
  metafile: true,
  outExtension: { '.js': '.cjs' },
  outdir: 'dist',
  define: { 'import.meta.dirname': '__dirname' },
};

/** Makes the imports that wait until they are needed imports of other bundles. */
const lazyBundles = {
  name: 'lazy-bundles',
  setup(build) {
    const bundles = { lazyCommands: './commands.cjs', testDoor: './testDoor.cjs' };
    for (const [name, path] of Object.entries(bundles)) {
      build.onResolve({ filter: new RegExp(`/${name}\\.ts$`) }, ({ kind }) =>
        kind === 'dynamic-import' ? { path, external: true } : undefined,
      );
    }
  },
};

/** Bundles of the library for messages only what a port needs. */
const portMessages = {
  name: 'port-messages',
  setup(build) {
    const inScripts = name => fileURLToPath(new URL(`scripts/lib/${name}`, import.meta.url));
    build.onResolve({ filter: /^vscode-jsonrpc(\/node)?$/ }, () => ({ path: inScripts('port-messages.mjs') }));
    build.onResolve({ filter: /^\.\/linkedMap$/ }, () => ({ path: inScripts('message-queue.mjs') }));
    // Types of messages with more than one parameter: nobody here has one.
    build.onLoad({ filter: /vscode-jsonrpc[\\/]lib[\\/]common[\\/]messages\.js$/ }, ({ path }) => {
      const all = readFileSync(path, 'utf8');
      const contents = all
        .replace(/^class ((?:Request|Notification)Type[1-9]) [^]*?^exports\.\1 = .*\n/gm, '')
        .replaceAll(/exports\.(?:Request|Notification)Type[1-9] = /g, '');
      if (/Type[1-9]\b/.test(contents)) throw new Error('messages.js of vscode-jsonrpc has changed');
      return { contents };
    });
  },
};

/**
 * Loads the linear pattern engine when a pattern first needs it. Few patterns do, and it is as large as everything
 * else that a status on the command line loads.
 */
const lazyLinearEngine = {
  name: 'lazy-linear-engine',
  setup(build) {
    build.onResolve({ filter: /^re2js$/ }, ({ path }) => ({ path, namespace: 'lazy' }));
    build.onResolve({ filter: /^\.\/linear\.cjs$/ }, ({ path }) => ({ path, external: true }));
    build.onLoad({ filter: /^re2js$/, namespace: 'lazy' }, () => ({
      contents: "export const RE2JS = { compile: source => require('./linear.cjs').RE2JS.compile(source) };",
    }));
  },
};

/** The commands that must start fast. */
const USES = {
  status: 'src/cli/status.ts',
  git: 'src/cli/git/gitStatus.ts',
  bazaar: 'src/cli/bazaar/bazaarStatus.ts',
};

const builds = [
  {
    ...common,
    entryPoints: { extension: 'src/extension/extension.ts' },
    external: ['vscode'],
    plugins: [lazyBundles, portMessages],
  },
  {
    ...common,
    entryPoints: { commands: 'src/extension/lazyCommands.ts' },
    external: ['vscode'],
    plugins: [portMessages],
  },
  // For the tests in VS Code; no package has it.
  { ...common, entryPoints: { testDoor: 'src/extension/api/testDoor.ts' }, external: ['vscode'], sourcemap: false },
  { ...common, entryPoints: { linear: 're2js' } },
  { ...common, entryPoints: { scanner: 'src/status/bulk/scannerMain.ts' } },
  { ...common, entryPoints: { askpass: 'src/hgCommand/askpassMain.ts' }, sourcemap: false },
  { ...common, entryPoints: { editor: 'src/hgCommand/editorMain.ts' }, sourcemap: false },
  {
    ...common,
    ...sharedChunks,
    entryPoints: { cli: 'src/cli/main.ts', worker: 'src/server/main/workerMain.ts' },
    plugins: [lazyLinearEngine, lazyBuiltins, joinedChunks({ main: 'cli', uses: USES })],
  },
];

// The program that ssh runs to ask for a password; it runs the bundle of that name.
mkdirSync('dist', { recursive: true });
for (const name of ['askpass.sh', 'askpass.cmd']) {
  copyFileSync(`src/hgCommand/${name}`, `dist/${name}`);
  chmodSync(`dist/${name}`, 0o755);
}

if (values.watch) {
  for (const options of builds) await (await esbuild.context({ ...options, logLevel: 'info' })).watch();
} else {
  const results = await Promise.all(builds.map(options => esbuild.build(options)));
  writeFileSync('dist/third-party-notices.txt', noticesFor(results.map(({ metafile }) => metafile)));
}
