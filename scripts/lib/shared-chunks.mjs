// A plugin of the build. Programs that are built together share files: none copies the engine. A command of a program
// loads only files that it uses. Compiling code takes a third of the time that a small command needs.
//
// The bundler splits only ES modules, and Node starts CommonJS faster. The bundler makes a chunk for each set of
// modules with the same users. Each file takes Node half a millisecond, so the plugin joins chunks into a few files.
import * as esbuild from 'esbuild';
import { readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';

/** The names of shared files begin with this. */
export const CHUNK_PREFIX = 'shared-';

/** The names of the shared files in a folder that was built. */
export function chunksIn(folder) {
  return readdirSync(folder).filter(name => name.startsWith(CHUNK_PREFIX) && name.endsWith('.cjs'));
}

/** Options for a build whose entry points share files; they take the place of the same options of another build. */
export const sharedChunks = {
  format: 'esm',
  splitting: true,
  chunkNames: 'chunk-[hash]',
  sourcemap: 'inline',
  write: false,
};

/** Modules of Node that take two to five milliseconds to load, and that a status does not use. */
const SLOW_MODULES = ['crypto', 'zlib', 'worker_threads', 'child_process', 'net'];
const require = createRequire(import.meta.url);

/** Loads slow modules of Node when one of their exports is first used. */
export const lazyBuiltins = {
  name: 'lazy-builtins',
  setup(build) {
    const filter = new RegExp(`^node:(${SLOW_MODULES.join('|')})$`);
    build.onResolve({ filter }, ({ path, namespace }) =>
      namespace === 'lazy-builtin' ? { path, external: true } : { path, namespace: 'lazy-builtin' },
    );
    build.onLoad({ filter: /./, namespace: 'lazy-builtin' }, ({ path }) => ({
      contents: `for (const name of ${JSON.stringify(Object.keys(require(path)))})
        Object.defineProperty(exports, name, { enumerable: true, get: () => require('${path}')[name] });`,
    }));
  },
};

/**
 * Joins the chunks of a build with `sharedChunks`, and writes the files. A chunk goes to
 * - `shared-core.cjs` if the main program always needs it,
 * - `shared-<use>.cjs` if it is needed for one use, `shared-uses.cjs` if for several,
 * - `shared-<program>.cjs` if only another program always needs it,
 * - `shared-more.cjs` otherwise.
 * Removes shared files of earlier builds.
 * @param main the name of the main program; the other entry points are other programs
 * @param uses by name, the module that the main program imports dynamically for it
 */
export const joinedChunks = ({ main, uses }) => ({
  name: 'joined-chunks',
  setup(build) {
    const { outdir, target, charset, minify } = build.initialOptions;
    build.onEnd(async ({ errors, outputFiles, metafile }) => {
      if (errors.length > 0) return;
      const texts = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
      const fileOf = filesOfChunks(metafile, main, uses);
      const files = new Set(fileOf.values());
      const options = { bundle: true, platform: 'node', format: 'cjs', sourcemap: 'linked', target, charset, minify };
      await Promise.all([...files].map(file => writeFile(join(outdir, file), { fileOf, texts, options })));
      for (const name of chunksIn(outdir)) {
        if (files.has(name)) continue;
        for (const old of [name, `${name}.map`]) rmSync(join(outdir, old), { force: true });
      }
    });
  },
});

/** Returns the file of each chunk, by name. */
function filesOfChunks({ outputs }, main, uses) {
  const chunks = new Map(Object.entries(outputs).map(([file, output]) => [basename(file), output]));
  /** Returns a chunk and all that it always loads. */
  const loadedWith = first => {
    const found = new Set([first]);
    for (const chunk of found) {
      for (const { path, kind, external } of chunks.get(chunk).imports) {
        if (kind !== 'dynamic-import' && external !== true) found.add(basename(path));
      }
    }
    return found;
  };
  const entries = [...chunks.keys()].filter(name => !name.startsWith('chunk-'));
  const chunkOf = source => {
    const [chunk] = [...chunks].find(([, { entryPoint }]) => entryPoint === source) ?? [];
    if (chunk === undefined) throw new Error(`No program imports ${source} dynamically.`);
    return chunk;
  };
  const core = loadedWith(`${main}.cjs`);
  const users = Object.entries(uses).map(([use, source]) => [use, loadedWith(chunkOf(source))]);
  const programs = entries.map(entry => [basename(entry, '.cjs'), loadedWith(entry)]);
  const groupOf = chunk => {
    if (core.has(chunk)) return 'core';
    const [use, ...more] = users.filter(([, loaded]) => loaded.has(chunk)).map(([name]) => name);
    if (use !== undefined) return more.length > 0 ? 'uses' : use;
    return programs.find(([, loaded]) => loaded.has(chunk))?.[0] ?? 'more';
  };
  const fileOf = chunk => (entries.includes(chunk) ? chunk : `${CHUNK_PREFIX}${groupOf(chunk)}.cjs`);
  return new Map([...chunks.keys()].map(chunk => [chunk, fileOf(chunk)]));
}

/** The chunks in this file are functions, since a command uses few of them. */
const ON_DEMAND = `${CHUNK_PREFIX}more.cjs`;

/**
 * Writes a file that exports its chunks by name. Those of most files run at once: a chunk in a function of its own
 * would be parsed twice.
 */
async function writeFile(outfile, { fileOf, texts, options }) {
  const file = basename(outfile);
  const hashbang = /^#!.*/.exec(texts.get(file) ?? '')?.[0];
  const isProgram = fileOf.has(file);
  const lines = [...fileOf]
    .filter(([, of]) => of === file)
    .map(([chunk]) => {
      if (isProgram) return `import './${chunk}';`;
      if (file === ON_DEMAND) return `exports["${chunk}"] = () => require('./${chunk}');`;
      return `export * as "${chunk}" from './${chunk}';`;
    });
  const elsewhere = chunk =>
    `module.exports = require('./${fileOf.get(chunk)}')["${chunk}"]${fileOf.get(chunk) === ON_DEMAND ? '()' : ''};`;
  const chunks = {
    name: 'chunks',
    setup(build) {
      build.onResolve({ filter: /./ }, ({ path, namespace }) => {
        const chunk = basename(path);
        if (namespace === 'elsewhere' || !fileOf.has(chunk)) return { path, external: true };
        return { path: chunk, namespace: fileOf.get(chunk) === file ? 'chunk' : 'elsewhere' };
      });
      build.onLoad({ filter: /./, namespace: 'chunk' }, ({ path }) => ({ contents: texts.get(path) }));
      build.onLoad({ filter: /./, namespace: 'elsewhere' }, ({ path }) => ({ contents: elsewhere(path) }));
    },
  };
  await esbuild.build({
    ...options,
    stdin: { contents: lines.join('\n'), sourcefile: 'chunks' },
    outfile,
    ...(hashbang !== undefined && { banner: { js: hashbang } }),
    // `import()` becomes a promise of `require`: Node's own loader for it takes 20 ms.
    supported: { 'dynamic-import': false },
    plugins: [chunks],
  });
}
