// A program of the product as one script, made from the sources that are there now.
import * as fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

/**
 * @param source of the program's beginning, relative to the project, as 'src/cli/main.ts'
 * @param file where the script is written, folders above it included
 * @param version of the program; default: that of the package
 * @returns `file`
 */
export function bundle(source: string, file: string, version?: string): string {
  buildSync({
    entryPoints: [fileURLToPath(new URL(`../../${source}`, import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: file,
    define: { 'import.meta.dirname': '__dirname' },
    logLevel: 'silent',
  });
  if (version !== undefined) {
    const text = fs.readFileSync(file, 'utf8');
    const own = /^var version = "[^"]*";$/m;
    if (!own.test(text)) throw new Error(`${source} has no version`);
    fs.writeFileSync(file, text.replace(own, `var version = ${JSON.stringify(version)};`));
  }
  return file;
}
