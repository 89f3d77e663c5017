// A program of the product as one script, made from the sources that are there now.
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

/**
 * @param source of the program's beginning, relative to the project, as 'src/cli/main.ts'
 * @param file where the script is written, folders above it included
 * @returns `file`
 */
export function bundle(source: string, file: string): string {
  buildSync({
    entryPoints: [fileURLToPath(new URL(`../../${source}`, import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: file,
    define: { 'import.meta.dirname': '__dirname' },
    logLevel: 'silent',
  });
  return file;
}
