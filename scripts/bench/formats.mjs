// The first status of a sparse checkout and of a repository with converted line ends, by the clock and by the
// processor's time. It is compared with `hg status` and with a C program that only stats the files.
import fs from 'node:fs';
import path from 'node:path';
import { encodeVersion1 } from './dirstates.mjs';
import { Engine } from './engine.mjs';
import { nodeOf, writeHistory } from './history.mjs';
import { withOwnProcessor } from './processor.mjs';
import { COMPARED, findHg, hgEnvironment, hgStatus, linesOf, runHg, timed } from './programs.mjs';
import { PlainError } from '../lib/processes.mjs';
import { makeRow } from './report.mjs';
import { inTurnsOfBoth, summarize } from './statistics.mjs';
import { checkAnswer, smallRepository } from './status.mjs';
import { HGIGNORE, contentOf, planStats, planTree } from './tree.mjs';

const CHANGED = 50;
const UNKNOWN = 20;
const PROFILE = '.profile';
const OWN = 'Quicksilver, first status';

/** Both repositories. `present` is how many of the recorded files the working copy has, about. */
const KINDS = [
  { name: 'sparse', recorded: 300_000, present: 10_000, title: 'sparse, 10,000 of 300,000 files' },
  { name: 'eol', recorded: 100_000, present: 100_000, title: 'eol, 100,000 files' },
];

/** Measured once, whatever the sizes of the other repositories are. */
export async function measureFormats(_repository, context) {
  if (context.hasFormats) return [];
  context.hasFormats = true;
  const rows = [];
  for (const kind of KINDS) rows.push(...(await measureKind(kind, context)));
  return rows;
}

async function measureKind(kind, context) {
  const repository = await formatRepository(kind, context.cache);
  const measured = cases(repository, kind, context);
  const { values, processor } = await inTurnsOfBoth(context.rounds, measured);
  const row = (id, title, series, baseOf) => {
    const base = { name: 'hg status', value: summarize(baseOf).median };
    const targets = title.startsWith(OWN) && !title.includes('no native') ? [{ of: 'median', limit: 0.2, base }] : [];
    return makeRow({ id: `formats.${kind.name}.${id}`, files: kind.recorded, title, values: series, targets });
  };
  const byClock = ({ name, title }) => row(name, title, values[name], values.hg);
  if (process.platform !== 'linux') return measured.map(byClock);
  const byProcessor = ({ name, title }) =>
    row(`${name}-processor`, `${title}: processor`, processor[name], processor.hg);
  return measured.flatMap(each => [byClock(each), byProcessor(each)]);
}

function cases(repository, { title }, { cache, floor }) {
  const { root, expected } = repository;
  const engine = native => async () => {
    repository.use();
    const own = new Engine({ native });
    try {
      await own.open(await smallRepository(cache), { watchShare: 0 });
      const { result: followed, processor } = await withOwnProcessor(() => own.open(root, { watchShare: 0 }));
      checkAnswer(OWN, followed.lines, expected);
      await followed.settle();
      return { milliseconds: followed.firstStatus, processor };
    } finally {
      own.dispose();
    }
  };
  const all = [
    {
      name: 'hg',
      title: `hg status, ${title}`,
      run: async () => {
        repository.use();
        const value = await timed(findHg(), COMPARED, { cwd: root, env: hgEnvironment });
        checkAnswer('hg status', linesOf(value.stdout), expected);
        return value;
      },
    },
    { name: 'own', title: `${OWN}, ${title}`, run: engine(true) },
    { name: 'own-js', title: `${OWN}, ${title}, no native code`, run: engine(false) },
  ];
  if (floor !== undefined) {
    const name = `floor: read all directories and stat, C, 2 threads, ${title}`;
    all.push({ name: 'floor', title: name, run: () => timed(floor, [root, '2', 'walk', '.hg']) });
  }
  return all;
}

/** The repository, made once. Its `use` puts the recorded state back. */
async function formatRepository(kind, cache) {
  const folder = path.join(cache, `formats-${kind.name}`);
  const root = path.join(folder, 'tree');
  const done = path.join(folder, 'expected.json');
  if (!fs.existsSync(done)) {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
    const expected = await make(kind, folder, root);
    if (JSON.stringify(await hgStatus(root)) !== JSON.stringify(expected)) {
      throw new PlainError(`hg status disagrees with what was made in ${folder}.`);
    }
    fs.writeFileSync(done, JSON.stringify(expected));
  }
  const use = () => {
    const temporary = path.join(root, '.hg', '.dirstate-bench');
    fs.copyFileSync(path.join(folder, 'dirstate'), temporary);
    fs.renameSync(temporary, path.join(root, '.hg', 'dirstate'));
  };
  use();
  return { root, use, expected: JSON.parse(fs.readFileSync(done, 'utf8')) };
}

/** Writes working copy, history and dirstate; returns the lines of a status. */
async function make({ name: kind, recorded, present }, folder, root) {
  await runHg(folder, ['init', 'tree']);
  const hg = path.join(root, '.hg');
  const files = recordedFiles(recorded);
  const chosen = kind === 'sparse' ? someDirectories(files, present) : undefined;
  if (kind === 'sparse') {
    const text = ['[include]', ...chosen.map(directory => `path:${directory}`), ''].join('\n');
    files.push(own(PROFILE, text));
    fs.writeFileSync(path.join(hg, 'sparse'), `%include ${PROFILE}\n`);
    fs.appendFileSync(path.join(hg, 'requires'), 'exp-sparse\n');
    fs.writeFileSync(path.join(hg, 'hgrc'), '[extensions]\nsparse =\n');
  } else {
    files.push(own('.hgeol', '[patterns]\n** = native\n**.bin = BIN\n'));
    fs.writeFileSync(path.join(hg, 'hgrc'), '[extensions]\neol =\n');
  }
  const isPresent = ({ path: name }) =>
    chosen === undefined || name.startsWith('.hg') || chosen.some(directory => name.startsWith(`${directory}/`));
  const [parent] = writeHistory({
    store: path.join(hg, 'store'),
    cacheFile: path.join(hg, 'wcache', 'manifestfulltextcache'),
    files,
    children: [],
    filelogs: files
      .filter(({ path: name }) => name === PROFILE)
      .map(({ content }) => ({ file: `data/~2e${PROFILE.slice(1)}.i`, texts: [{ text: content, link: 0 }] })),
  });
  const kept = files.filter(isPresent).sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const file of kept) writeFile(root, file);
  const { bytes } = encodeVersion1(
    parent,
    kept.map(file => ({ ...file, state: 'normal' })),
  );
  fs.writeFileSync(path.join(folder, 'dirstate'), bytes);
  fs.writeFileSync(path.join(hg, 'dirstate'), bytes);
  // As the extension notes it after a status.
  if (kind === 'eol') fs.copyFileSync(path.join(root, '.hgeol'), path.join(hg, 'eol.cache'));
  const changed = kept.filter(({ path: name }) => !name.startsWith('.hg')).slice(0, CHANGED);
  for (const file of changed) fs.appendFileSync(path.join(root, file.path), 'changed line\n');
  const unknown = changed.slice(0, UNKNOWN).map(({ path: name }) => `${path.posix.dirname(name)}/new.txt`);
  for (const name of [...unknown, ...(kind === 'sparse' ? ['outside.txt'] : [])]) {
    fs.writeFileSync(path.join(root, name), 'new\n');
  }
  return [...changed.map(({ path: name }) => `M ${name}`), ...new Set(unknown.map(name => `? ${name}`))].sort();
}

function recordedFiles(count) {
  const { files } = planTree(count);
  const { sizes, seconds } = planStats(count);
  return files.map((name, index) => {
    const content = index === 0 ? Buffer.from(HGIGNORE, 'latin1') : contentOf(index, sizes[index]);
    return { path: name, content, size: content.length, seconds: seconds[index], node: nodeOf(content) };
  });
}

function own(name, text) {
  const content = Buffer.from(text);
  return { path: name, content, size: content.length, seconds: 1_700_000_000, node: nodeOf(content) };
}

/** Returns directories of the second level that have `count` files together, about. */
function someDirectories(files, count) {
  const sizes = new Map();
  for (const { path: name } of files) {
    const parts = name.split('/');
    if (parts.length < 3) continue;
    const directory = parts.slice(0, 2).join('/');
    sizes.set(directory, (sizes.get(directory) ?? 0) + 1);
  }
  const chosen = [];
  let total = 0;
  for (const [directory, size] of sizes) {
    if (total + size > count) continue;
    chosen.push(directory);
    total += size;
  }
  return chosen;
}

function writeFile(root, { path: name, content, seconds }) {
  const absolute = path.join(root, name);
  fs.mkdirSync(path.dirname(absolute), { recursive: true });
  fs.writeFileSync(absolute, content);
  fs.utimesSync(absolute, seconds, seconds);
}
