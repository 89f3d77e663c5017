import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';

const ROOT = path.join(import.meta.dirname, '..', '..', '..');
const FOLDERS = ['.ci', 'scripts', 'test'];
const IMPORT = /(?:^(?:import|export)\b[^;]*?from |^import |\bimport\()'(\.[^']+)'/gm;

test('programs that no compiler checks import files that exist', () => {
  const programs = FOLDERS.flatMap(folder =>
    fs
      .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter(name => /\.[cm]js$/.test(name))
      .map(name => path.join(ROOT, folder, name)),
  );
  let checked = 0;
  const missing = programs.flatMap(program =>
    [...fs.readFileSync(program, 'utf8').matchAll(IMPORT)].flatMap(([, specifier]) => {
      checked++;
      const target = path.join(path.dirname(program), specifier!);
      return fs.existsSync(target) ? [] : [`${path.relative(ROOT, program)}: ${specifier}`];
    }),
  );
  assert.deepEqual(missing, []);
  assert.ok(checked > 50, String(checked));
});
