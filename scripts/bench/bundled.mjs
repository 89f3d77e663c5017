// Loads a module of the benchmark with the product's code as the bundles have it. Run from source, each function that a
// function makes gets its name by a call, which can take a third of the time.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';

const loaded = new Map();

/** @param name a file beside this one */
export function loadBundled(name) {
  if (!loaded.has(name)) loaded.set(name, load(name));
  return loaded.get(name);
}

function load(name) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-bench-'));
  try {
    const outfile = path.join(folder, 'bundle.cjs');
    buildSync({
      entryPoints: [path.join(import.meta.dirname, name)],
      ...{ outfile, bundle: true, minify: true, platform: 'node', target: 'node20', format: 'cjs' },
      define: { 'import.meta.dirname': '__dirname' },
    });
    return createRequire(import.meta.url)(outfile);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
