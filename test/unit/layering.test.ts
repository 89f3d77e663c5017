// The layers of docs/architecture.md, enforced: which folder may import which, who may touch files, processes and timers,
// and how long a file may be. Import lines are read as text, `import type` too: a type ties layers together as well.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const PROJECT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** What each folder of src/ may import beside itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  files: ['base'],
  regex: ['base'],
  mercurial: ['base', 'files', 'regex'],
  git: ['base', 'files'],
  bazaar: ['base', 'files', 'regex'],
  status: ['base'],
  workingCopy: ['base', 'files', 'status'],
  backends: ['base', 'files', 'mercurial', 'git', 'bazaar', 'status', 'workingCopy'],
  hgCommand: ['base'],
  daemon: ['base'],
  server: ['base', 'files', 'status', 'workingCopy', 'backends', 'hgCommand', 'daemon'],
  cli: ['base', 'files', 'git', 'bazaar', 'status', 'workingCopy', 'backends', 'hgCommand', 'daemon', 'server'],
  extension: ['base', 'status', 'workingCopy', 'hgCommand', 'server'],
};

/** Folders of src/cli/ for one system: only they import that system's decoders. */
const CLI_SYSTEMS = new Set(['git', 'bazaar']);

/** The folders of src/extension/, lowest first: a folder imports only from itself and from those before it. */
const EXTENSION_ORDER = [
  'contributions',
  'common',
  'model',
  'engine',
  'scm',
  'repositories',
  'providers',
  'commands',
  'hg',
  'pickers',
  'features',
  'api',
];
/** Folders in the bundle that loads with the first user command. Start-up folders never import them statically. */
const ON_DEMAND = new Set(['hg', 'pickers', 'features']);
/** The one door from the start-up bundle to the other one. */
const LAZY_DOOR = 'src/extension/lazyCommands.ts';

/** A backend has types of its own: whoever is above it sees none of these. */
const DECODERS = /^src\/(?:mercurial|git|bazaar)\//;

/** Folders that run to completion: whoever calls them decides about time. */
const WITHOUT_TIMERS = new Set(['files', 'regex', 'mercurial', 'git', 'bazaar', 'status']);
/** The one helper of the lowest layer that waits. */
const WAITING_HELPER = 'src/base/async.ts';

/** The files that may open others: the doors, what watches, and what looks for hg. */
const FILE_ACCESS = [
  /^src\/files\/(?:vfs|fileSystems|standardOutput)\.ts$/,
  /^src\/status\/workingTree\.ts$/,
  /^src\/status\/bulk\/scanUnit\.ts$/,
  /^src\/workingCopy\/watch\/\w*[wW]atch\w*\.ts$/,
  /^src\/hgCommand\//,
  // The only files that are written are in the shared server's own directory.
  /^src\/daemon\/runtimeDirectory\.ts$/,
];

/** The files that start other programs than hg: our own server, and `git version` for a user who asks for settings. */
const OTHER_STARTERS = new Set(['src/daemon/startServer.ts', 'src/daemon/gitVersion.ts']);

const MAX_LINES = 500;

const FILE_MODULES = /^(?:node:)?fs(?:\/promises)?$/;
const PROCESS_MODULES = /^(?:node:)?child_process$/;
const TIMER_MODULES = /^(?:node:)?timers(?:\/promises)?$/;
/** Of Node's modules, what neither does I/O nor waits. */
const PURE_MODULES = /^node:(?:path|util|buffer|crypto|assert)$/;
const TIMER_CALL = /(?<![\w.])(?:globalThis\.)?(?:setTimeout|setInterval|setImmediate)\s*\(/;

interface SourceFile {
  /** Relative to the project, with '/'. */
  readonly path: string;
  readonly text: string;
}

/** The modules a file names in import and export statements, dynamic imports, type imports and require calls. */
function importsOf(text: string): string[] {
  const source = withoutComments(text);
  const statement = /\b(?:import|export)\b\s*(?:[\w$*{},\s]*?\bfrom\s*)?(['"])([^'"\n]+)\1/g;
  const call = /\b(?:import|require)\s*\(\s*(['"`])([^'"`\n]+)\1/g;
  return [...source.matchAll(statement), ...source.matchAll(call)].map(match => match[2]!);
}

/** The modules whose exports a file exports again. */
function passedOn(text: string): string[] {
  const statement = /\bexport\b\s*[\w$*{},\s]*?\bfrom\s*(['"])([^'"\n]+)\1/g;
  return [...withoutComments(text).matchAll(statement)].map(match => match[2]!);
}

/** Cuts comments away, so that what they mention is not taken for code. Strings are kept as they are. */
function withoutComments(text: string): string {
  return text.replace(
    /('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")|\/\*[^]*?\*\/|\/\/[^\n]*/g,
    (_, literal: string | undefined) => literal ?? ' ',
  );
}

/** What is wrong with a file, one sentence for each. */
function violations({ path, text }: SourceFile): string[] {
  const found: string[] = [];
  const layer = path.split('/')[1] ?? '';
  const allowed = MAY_IMPORT[layer];
  if (allowed === undefined || path.split('/').length < 3) return [`${path}: in no known layer`];
  for (const name of importsOf(text)) {
    if (name.startsWith('.')) {
      const target = posix.normalize(posix.join(posix.dirname(path), name));
      if (target === 'package.json') continue;
      const targetLayer = target.startsWith('src/') ? target.split('/')[1]! : target;
      if (targetLayer !== layer && !allowed.includes(targetLayer)) found.push(`${path}: ${layer} imports ${target}`);
      if (layer === 'cli' && CLI_SYSTEMS.has(targetLayer) && !path.startsWith(`src/cli/${targetLayer}/`)) {
        found.push(`${path}: imports ${target}`);
      }
      if (WITHOUT_TIMERS.has(layer) && target === WAITING_HELPER) found.push(`${path}: ${layer} imports ${target}`);
      if (layer === 'extension' && targetLayer === layer && !mayImportInExtension(path, target)) {
        found.push(`${path}: imports ${target}`);
      }
    } else if (name === 'vscode') {
      if (layer !== 'extension') found.push(`${path}: imports vscode`);
    } else if (FILE_MODULES.test(name)) {
      if (!FILE_ACCESS.some(pattern => pattern.test(path))) found.push(`${path}: imports ${name}`);
    } else if (PROCESS_MODULES.test(name)) {
      if (layer !== 'hgCommand' && !OTHER_STARTERS.has(path)) found.push(`${path}: imports ${name}`);
    } else if (TIMER_MODULES.test(name)) {
      if (WITHOUT_TIMERS.has(layer)) found.push(`${path}: imports ${name}`);
    } else if (layer === 'base' && !PURE_MODULES.test(name)) {
      found.push(`${path}: imports ${name}`);
    }
  }
  if (layer === 'backends') {
    for (const name of passedOn(text)) {
      const target = posix.normalize(posix.join(posix.dirname(path), name));
      if (DECODERS.test(target)) found.push(`${path}: passes on ${target}`);
    }
  }
  if (WITHOUT_TIMERS.has(layer) && TIMER_CALL.test(withoutComments(text))) found.push(`${path}: uses a timer`);
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  if (lines > MAX_LINES) found.push(`${path}: ${lines} lines are more than ${MAX_LINES}`);
  return found;
}

/** True if the order of src/extension/ allows the import. Its root may import everything, and nothing imports the root. */
function mayImportInExtension(path: string, target: string): boolean {
  const [from, to] = [path, target].map(extensionFolder);
  if (from === undefined) return to === undefined || !ON_DEMAND.has(to) || !isStartUpFile(path);
  if (to === undefined) return path === 'src/extension/common/lazy.ts' && target === LAZY_DOOR;
  if (!ON_DEMAND.has(from) && ON_DEMAND.has(to)) return false;
  const [at, wanted] = [from, to].map(folder => EXTENSION_ORDER.indexOf(folder)) as [number, number];
  return at >= 0 && wanted >= 0 && wanted <= at;
}

/** The folder of a file in src/extension/; undefined for files of its root. */
function extensionFolder(path: string): string | undefined {
  const parts = path.split('/');
  return parts.length > 3 ? parts[2] : undefined;
}

/** Files of the root: the entry of the start-up bundle, or those behind the door to the other one. */
function isStartUpFile(path: string): boolean {
  return path === 'src/extension/extension.ts';
}

/** The cycles among files, each as the paths in it. */
function cycles(files: readonly SourceFile[]): string[][] {
  const byPath = new Map(files.map(file => [file.path, file]));
  const found: string[][] = [];
  const done = new Set<string>();
  const visit = (path: string, above: readonly string[]): void => {
    const at = above.indexOf(path);
    if (at >= 0) {
      found.push(above.slice(at));
      return;
    }
    const file = byPath.get(path);
    if (file === undefined || done.has(path)) return;
    for (const name of staticImportsOf(file.text)) {
      if (name.startsWith('.')) visit(posix.normalize(posix.join(posix.dirname(path), name)), [...above, path]);
    }
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return found;
}

/** The modules that a file imports statically, types included: a type ties files together as well. */
function staticImportsOf(text: string): string[] {
  const source = withoutComments(text);
  return [...source.matchAll(/\b(?:import|export)\b[\w$*{},\s]*?\bfrom\s*(['"])([^'"\n]+)\1/g)].map(match => match[2]!);
}

function sourceFiles(): SourceFile[] {
  return readdirSync(join(PROJECT, 'src'), { recursive: true, withFileTypes: true })
    .filter(item => item.isFile() && /\.[cm]?tsx?$/.test(item.name))
    .map(item => {
      const file = join(item.parentPath, item.name);
      return { path: relative(PROJECT, file).split(sep).join('/'), text: readFileSync(file, 'utf8') };
    });
}

test('every source file keeps to its layer', () => {
  const files = sourceFiles();
  assert.ok(files.length > 10, 'the source files were found');
  assert.deepEqual(files.flatMap(violations), []);
});

test('no file imports itself by way of others', () => {
  assert.deepEqual(cycles(sourceFiles()), []);
});

test('every layer of the table exists or is yet to come, and none is missing from it', () => {
  const folders = readdirSync(join(PROJECT, 'src'), { withFileTypes: true }).filter(item => item.isDirectory());
  assert.deepEqual(
    folders.map(item => item.name).filter(name => !(name in MAY_IMPORT)),
    [],
  );
});

test('the rules detect each kind of violation', () => {
  const cases: readonly (readonly [path: string, text: string, expected: readonly string[]])[] = [
    ['src/base/a.ts', "import { x } from '../mercurial/vfs.ts';", ['base imports src/mercurial/vfs.ts']],
    ['src/base/a.ts', "import type { X } from '../status/types.ts';", ['base imports src/status/types.ts']],
    ['src/base/a.ts', "import * as net from 'node:net';", ['imports node:net']],
    ['src/base/a.ts', "import { resolve } from 'node:path';", []],
    ['src/mercurial/a.ts', "import type { X } from '../status/types.ts';", ['mercurial imports src/status/types.ts']],
    ['src/mercurial/ignore/a.ts', "import { x } from '../../base/x.ts';", []],
    [
      'src/mercurial/ignore/a.ts',
      "export * from '../../workingCopy/x.ts';",
      ['mercurial imports src/workingCopy/x.ts'],
    ],
    ['src/mercurial/a.ts', "import { readFileSync } from 'node:fs';", ['imports node:fs']],
    ['src/mercurial/a.ts', "import fs from 'fs/promises';", ['imports fs/promises']],
    ['src/files/vfs.ts', "import * as fs from 'node:fs';", []],
    ['src/status/workingTree.ts', "import * as fs from 'node:fs';", []],
    ['src/status/other.ts', "import * as fs from 'node:fs';", ['imports node:fs']],
    ['src/status/a.ts', "import {\n  a,\n  b,\n} from '../mercurial/vfs.ts';", ['status imports src/mercurial/vfs.ts']],
    ['src/status/a.ts', "const x = await import('../mercurial/vfs.ts');", ['status imports src/mercurial/vfs.ts']],
    ['src/status/a.ts', "let x: import('../mercurial/vfs.ts').Vfs;", ['status imports src/mercurial/vfs.ts']],
    ['src/status/a.ts', 'setTimeout(() => undefined, 5);', ['uses a timer']],
    ['src/mercurial/a.ts', 'const t = setInterval(poll, 5);', ['uses a timer']],
    ['src/mercurial/a.ts', "import { setTimeout } from 'node:timers/promises';", ['imports node:timers/promises']],
    ['src/status/a.ts', "import { delay } from '../base/async.ts';", ['status imports src/base/async.ts']],
    ['src/base/async.ts', 'setTimeout(() => undefined, 5);', []],
    ['src/workingCopy/a.ts', 'setTimeout(() => undefined, 5);', []],
    [
      'src/workingCopy/a.ts',
      "import { x } from '../server/protocol.ts';",
      ['workingCopy imports src/server/protocol.ts'],
    ],
    ['src/workingCopy/a.ts', "import { watch } from 'node:fs';", ['imports node:fs']],
    ['src/workingCopy/watch/directoryWatcher.ts', "import { watch } from 'node:fs';", []],
    [
      'src/workingCopy/a.ts',
      "import type { X } from '../backends/mercurial/x.ts';",
      ['workingCopy imports src/backends/mercurial/x.ts'],
    ],
    ['src/hgCommand/a.ts', "import { spawn } from 'node:child_process';", []],
    ['src/hgCommand/a.ts', "import { x } from '../mercurial/vfs.ts';", ['hgCommand imports src/mercurial/vfs.ts']],
    ['src/cli/a.ts', "import { spawn } from 'child_process';", ['imports child_process']],
    ['src/cli/a.ts', "const { spawn } = require('node:child_process');", ['imports node:child_process']],
    ['src/cli/a.ts', "import '../extension/extension.ts';", ['cli imports src/extension/extension.ts']],
    ['src/cli/a.ts', "import { version } from '../../package.json';", []],
    ['src/server/a.ts', "import type * as vscode from 'vscode';", ['imports vscode']],
    ['src/server/a.ts', "import { x } from '../cli/main.ts';", ['server imports src/cli/main.ts']],
    ['src/server/a.ts', "import type { X } from '../mercurial/x.ts';", ['server imports src/mercurial/x.ts']],
    ['src/server/a.ts', "import type { X } from '../git/x.ts';", ['server imports src/git/x.ts']],
    ['src/cli/a.ts', "import type { X } from '../mercurial/x.ts';", ['cli imports src/mercurial/x.ts']],
    ['src/cli/a.ts', "import type { X } from '../backends/mercurial/x.ts';", []],
    ['src/cli/a.ts', "import { x } from '../git/x.ts';", ['imports src/git/x.ts']],
    ['src/cli/bazaar/a.ts', "import { x } from '../../git/x.ts';", ['imports src/git/x.ts']],
    ['src/cli/git/a.ts', "import { x } from '../../git/x.ts';", []],
    ['src/backends/mercurial/a.ts', "export type { X } from '../../mercurial/x.ts';", ['passes on src/mercurial/x.ts']],
    ['src/extension/a.ts', "import * as vscode from 'vscode';", []],
    ['src/extension/a.ts', "import { x } from '../mercurial/vfs.ts';", ['extension imports src/mercurial/vfs.ts']],
    ['src/extension/scm/a.ts', "import { x } from '../model/x.ts';", []],
    ['src/extension/scm/a.ts', "import type { X } from '../hg/x.ts';", ['imports src/extension/hg/x.ts']],
    ['src/extension/model/a.ts', "import { x } from '../scm/x.ts';", ['imports src/extension/scm/x.ts']],
    ['src/extension/api/a.ts', "import { x } from '../features/x/x.ts';", ['imports src/extension/features/x/x.ts']],
    ['src/extension/features/x/a.ts', "import { x } from '../y/x.ts';", []],
    ['src/extension/hg/a.ts', "import { x } from '../commandTable.ts';", ['imports src/extension/commandTable.ts']],
    ['src/extension/common/lazy.ts', "const x = () => import('../lazyCommands.ts');", []],
    ['src/extension/scm/a.ts', "import('../lazyCommands.ts');", ['imports src/extension/lazyCommands.ts']],
    ['src/extension/extension.ts', "import { x } from './hg/x.ts';", ['imports src/extension/hg/x.ts']],
    ['src/extension/commandTable.ts', "import { x } from './hg/x.ts';", []],
    ['src/extension/other/a.ts', "import { x } from '../common/x.ts';", ['imports src/extension/common/x.ts']],
    ['src/elsewhere/a.ts', '', ['in no known layer']],
    ['src/a.ts', '', ['in no known layer']],
    ['src/base/a.ts', "// import { x } from '../mercurial/vfs.ts';\n/* setTimeout() */", []],
    ['src/base/a.ts', "export type Code =\n  'not-a-file' | 'x';\nexport const A = 'b';", []],
    ['src/base/a.ts', 'x\n'.repeat(501), ['501 lines are more than 500']],
    ['src/base/a.ts', 'x\n'.repeat(500), []],
  ];
  for (const [path, text, expected] of cases) {
    assert.deepEqual(
      violations({ path, text }),
      expected.map(sentence => `${path}: ${sentence}`),
      text.slice(0, 80),
    );
  }
});

test('a cycle is detected, also one of types; one of deferred imports is none', () => {
  const ring = (middle: string): SourceFile[] => [
    { path: 'src/base/a.ts', text: "import { b } from './b.ts';" },
    { path: 'src/base/b.ts', text: "import { c } from './c.ts';" },
    { path: 'src/base/c.ts', text: middle },
  ];
  assert.deepEqual(cycles(ring("import { a } from './a.ts';")), [['src/base/a.ts', 'src/base/b.ts', 'src/base/c.ts']]);
  assert.equal(cycles(ring("import type { A } from './a.ts';")).length, 1);
  assert.deepEqual(cycles(ring("const a = () => import('./a.ts');")), []);
});
