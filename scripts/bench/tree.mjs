// The shape of the repositories that are measured: names of directories and files, sizes and times. Nothing is written
// here; the same count gives the same tree.
import { randomSource } from './random.mjs';

const TRACKED_PER_DIRECTORY = 12;
/** One ignored file for so many tracked ones, and one ignored directory for so many. */
const TRACKED_PER_IGNORED = 5;
const TRACKED_PER_IGNORED_DIRECTORY = 60;
const TOP_DIRECTORIES = 24;
const DEEPEST = 8;
/** New directories go mostly below ones that were made lately, so that branches grow deep instead of broad. */
const RECENT = 60;

const EARLIEST = 1_700_000_000; // Seconds; far enough in the past that no file counts as just written.
const TIME_RANGE = 10_000_000;

export const IGNORED_ROOT = 'out-linux-x64';

const SYLLABLES =
  'ar bel cor den el for gra hal in jor kel lum mer nor ost pel qua ren sol tor um vel wen xan yor zet'.split(' ');
const EXTENSIONS = ['c', 'h', 'cpp', 'js', 'ts', 'py', 'html', 'css', 'json', 'rs', 'toml', 'md', 'txt', 'ini', 'svg'];
const BUILT_EXTENSIONS = ['obj', 'dep', 'lst', 'bin', 'json'];

/** Some sixty patterns of several kinds, as large projects have them. */
export const HGIGNORE = [
  'syntax: regexp',
  '~$',
  '\\.py[co]$',
  '(?i)(^|/)tags$',
  '(^|/)\\.DS_Store$',
  '\\.egg-info',
  '\\.pdb$',
  '^\\.sw.$',
  '.[^/]*\\.sw.$',
  '^out-',
  '^configure$',
  '^config\\.(cache|log|status)$',
  '^local\\.settings$',
  '^tools/[^/]+/\\.checkout$',
  '^js/.*/autom4te\\.cache$',
  '^js/src/tests/results-.*\\.(html|txt)$',
  '^\\.vscode/(settings|launch)\\.json$',
  '\\.project$',
  '\\.cproject$',
  '\\.settings/',
  '^G(PATH|RTAGS|TAGS|SYMS)$',
  '^mobile/.*/\\.gradle',
  '^mobile/gradle/.*/build/',
  '^python/.*/\\.tox/',
  '^browser/components/[^/]+/content/.*\\.bundle\\.part$',
  '^testing/.*/(venv|py3venv)/',
  '(^|/)node_modules/',
  '^third_party/rust/.*/target/(debug|release)/',
  '^\\.cargo/(registry|git)/',
  '(^|/)__pycache__($|/)',
  '^(lex|yacc)tab\\.py$',
  '^build/(debug|release)/',
  '^docs/_build/',
  '^coverage\\.(xml|json)$',
  '\\.gcda$',
  '\\.gcno$',
  '',
  'syntax: glob',
  '*.o',
  '*.a',
  '*.so',
  '*.class',
  '*.rej',
  '*.orig',
  '*.part',
  '.*.swp',
  '**/.idea/**',
  '.mypy_cache',
  '.pytest_cache',
  '*.profraw',
  'compile_commands.json',
  '*.min.js.cache',
  'core.[0-9]*',
  '*.stackdump',
  'npm-debug.log*',
  '',
  'syntax: rootglob',
  'target/*',
  '.venv-*',
  'dist-*',
  '',
].join('\n');

/**
 * Returns the tree with `count` tracked files (including `.hgignore`) as { directories, files, ignoredDirectories,
 * ignoredFiles }. Paths are relative to the root, with '/' between names, and directories come before their contents.
 */
export function planTree(count) {
  const random = randomSource(count);
  const directories = growDirectories(random, '', Math.round(count / TRACKED_PER_DIRECTORY));
  const files = ['.hgignore', ...fillDirectories(random, directories, count - 1, EXTENSIONS)];
  const ignored = growDirectories(random, IGNORED_ROOT, Math.round(count / TRACKED_PER_IGNORED_DIRECTORY));
  return {
    directories,
    files,
    ignoredDirectories: [IGNORED_ROOT, ...ignored],
    ignoredFiles: fillDirectories(random, ignored, Math.round(count / TRACKED_PER_IGNORED), BUILT_EXTENSIONS),
  };
}

/**
 * Returns sizes in bytes and mtimes for `count` files: whole seconds and nanoseconds. The nanoseconds are multiples
 * of a sixty-fourth of a second, which survive the way through floating-point seconds exactly.
 */
export function planStats(count) {
  const random = randomSource(count ^ 0x5eed);
  const sizes = new Int32Array(count);
  const seconds = new Int32Array(count);
  const nanoseconds = new Int32Array(count);
  for (let index = 0; index < count; index++) {
    sizes[index] = 200 + Math.floor(random.next() ** 3 * 6000);
    seconds[index] = EARLIEST + random.whole(0, TIME_RANGE);
    nanoseconds[index] = random.whole(1, 63) * 15_625_000;
  }
  return { sizes, seconds, nanoseconds };
}

/** Returns a file's content: letters in lines. Each index gives a different text, always the same one. */
export function contentOf(index, size) {
  const head = `// File ${index}.\n`;
  const from = (index * 7919) % (SOURCE.length - 8192);
  return Buffer.from(head + SOURCE.slice(from, from + Math.max(0, size - head.length)), 'latin1');
}

const SOURCE = makeSource();

function makeSource() {
  const random = randomSource(1);
  let text = '';
  while (text.length < 1 << 16) text += `${wordOf(random, 2)} = ${wordOf(random, 3)}(${random.whole(0, 999)});\n`;
  return text;
}

function wordOf(random, syllables) {
  let word = '';
  for (let index = 0; index < syllables; index++) word += random.pick(SYLLABLES);
  return word;
}

function growDirectories(random, top, count) {
  const all = [];
  const taken = new Set();
  const depthOf = new Map();
  while (all.length < count) {
    const parent =
      all.length < Math.min(TOP_DIRECTORIES, count / 4)
        ? top
        : random.next() < 0.6
          ? all[Math.max(0, all.length - 1 - Math.floor(random.next() ** 2 * RECENT))]
          : random.pick(all);
    const depth = (depthOf.get(parent) ?? 0) + 1;
    if (depth > DEEPEST) continue;
    const name = nameOf(random);
    const directory = parent === '' ? name : `${parent}/${name}`;
    if (taken.has(directory)) continue;
    taken.add(directory);
    depthOf.set(directory, depth);
    all.push(directory);
  }
  return all;
}

function fillDirectories(random, directories, count, extensions) {
  // Some directories have many files and most have few.
  const weights = directories.map(() => 1 + random.next() ** 4 * 60);
  const perWeight = count / weights.reduce((sum, weight) => sum + weight, 0);
  const files = [];
  let due = 0;
  for (const [index, directory] of directories.entries()) {
    due += weights[index] * perWeight;
    const names = new Set();
    const wanted = index === directories.length - 1 ? count : Math.round(due);
    while (files.length < wanted) {
      const name = `${nameOf(random)}.${random.pick(extensions)}`;
      if (names.has(name)) continue;
      names.add(name);
      files.push(`${directory}/${name}`);
    }
  }
  return files;
}

function nameOf(random) {
  const words = wordOf(random, random.whole(1, 4)) + (random.next() < 0.5 ? `_${wordOf(random, 1)}` : '');
  return random.next() < 0.4 ? `${words}${random.whole(0, 99)}` : words.length < 4 ? `${words}s` : words;
}
