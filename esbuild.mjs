// Builds the bundles: the extension (thin, on the extension host's thread), its commands that are loaded when they are
// used, its worker, and the CLI.
// Only the extension may see `vscode`: a leak of that import into the core breaks the other two builds.
import * as esbuild from 'esbuild';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { watch: { type: 'boolean', default: false } } });

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minify: true,
  sourcemap: 'linked',
  logLevel: 'warning',
  outExtension: { '.js': '.cjs' },
  outdir: 'dist',
};

/** Makes the one import that waits until it is needed an import of the other bundle. */
const lazyCommands = {
  name: 'lazy-commands',
  setup(build) {
    build.onResolve({ filter: /\/lazyCommands\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './commands.cjs', external: true } : undefined,
    );
  },
};

const builds = [
  {
    ...common,
    entryPoints: { extension: 'src/extension/extension.ts' },
    external: ['vscode'],
    plugins: [lazyCommands],
  },
  { ...common, entryPoints: { commands: 'src/extension/lazyCommands.ts' }, external: ['vscode'] },
  { ...common, entryPoints: { worker: 'src/server/workerMain.ts' } },
  { ...common, entryPoints: { cli: 'src/cli/main.ts' }, banner: { js: '#!/usr/bin/env node' } },
];

if (values.watch) {
  for (const options of builds) await (await esbuild.context({ ...options, logLevel: 'info' })).watch();
} else {
  await Promise.all(builds.map(options => esbuild.build(options)));
}
