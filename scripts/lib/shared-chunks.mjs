// A plugin of the build. Programs that are built together share files ("chunks"): none copies the engine.
// Node reads code behind an `import()` when it is first needed. The bundler splits only ES modules, and Node starts
// CommonJS faster, so the plugin makes each file CommonJS.
import * as esbuild from 'esbuild';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The names of shared files begin with this. */
export const CHUNK_PREFIX = 'shared-';

/** The names of the shared files in a folder that was built. */
export function chunksIn(folder) {
  return readdirSync(folder).filter(name => name.startsWith(CHUNK_PREFIX) && name.endsWith('.cjs'));
}

/** Options for a build whose entry points share chunks; they take the place of the same options of another build. */
export const sharedChunks = {
  format: 'esm',
  splitting: true,
  chunkNames: `${CHUNK_PREFIX}[hash]`,
  sourcemap: 'inline',
  write: false,
};

/** Makes what a build with `sharedChunks` puts out CommonJS, writes it, and removes chunks of earlier builds. */
export const asCommonJs = {
  name: 'as-common-js',
  setup(build) {
    build.onEnd(async ({ errors, outputFiles }) => {
      if (errors.length > 0) return;
      const written = new Set();
      await Promise.all(
        outputFiles.map(async ({ path, text }) => {
          const { code, map } = await esbuild.transform(text, {
            format: 'cjs',
            platform: 'node',
            target: 'node20',
            minify: true,
            charset: 'utf8',
            sourcemap: 'external',
            sourcefile: basename(path),
            // `import()` becomes a promise of `require`.
            supported: { 'dynamic-import': false },
          });
          written.add(basename(path));
          writeFileSync(path, `${code}//# sourceMappingURL=${basename(path)}.map\n`);
          writeFileSync(`${path}.map`, map);
        }),
      );
      for (const folder of new Set(outputFiles.map(({ path }) => dirname(path)))) {
        for (const name of chunksIn(folder)) {
          if (written.has(name)) continue;
          for (const old of [name, `${name}.map`]) rmSync(join(folder, old), { force: true });
        }
      }
    });
  },
};
