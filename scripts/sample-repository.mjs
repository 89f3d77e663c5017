// Makes a small repository with a file of every status, for trying out and for pictures.
// As a program: `node scripts/sample-repository.mjs FOLDER`.
import fs from 'node:fs';
import path from 'node:path';
import { ensurePrograms } from './lib/prerequisites.mjs';
import { PlainError, reportFailure } from './lib/processes.mjs';
import { findHg, hg, initRepository, writeFiles } from './vscode/mercurial.mjs';

const committed = {
  '.hgignore': 'syntax: glob\nbuild\n*.log\n*.pyc\n',
  'README.md': '# Orchard\n\nKeeps track of trees, harvests and prices.\n',
  'setup.cfg': '[metadata]\nname = orchard\nversion = 1.4.0\n',
  'docs/index.md': '# Documentation\n\n- [Planting](planting.md)\n- [Harvest](harvest.md)\n',
  'docs/planting.md': '# Planting\n\nPlant in late autumn, before the first frost.\n',
  'docs/harvest.md': '# Harvest\n\nPick in the morning.\n',
  'orchard/__init__.py': '"""Trees, harvests and prices."""\n',
  'orchard/trees.py':
    'class Tree:\n    def __init__(self, kind, age):\n        self.kind = kind\n        self.age = age\n\n' +
    '    def bears_fruit(self):\n        return self.age >= 3\n\n\n' +
    'def oldest(trees):\n    return max(trees, key=lambda tree: tree.age)\n',
  'orchard/prices.py': 'PRICES = {"apple": 120, "pear": 150}\n',
  'orchard/weather.py': 'def frost_expected(forecast):\n    return min(forecast) < 0\n',
  'orchard/data/kinds.csv': 'kind,years\napple,3\npear,4\ncherry,5\n',
  'orchard/data/suppliers.csv': 'name\nGreen & Sons\n',
  'tests/test_trees.py':
    'from orchard.trees import Tree\n\n\ndef test_young_tree():\n    assert not Tree("apple", 1).bears_fruit()\n',
  'tests/test_prices.py': 'from orchard.prices import PRICES\n\n\ndef test_pear():\n    assert PRICES["pear"] == 150\n',
};

/** The age of the first commit in every sample, in days. */
const oldest = 240;

/** The top-level folders of the sample, for those who want to show them open. */
export const sampleFolders = ['docs', 'orchard', 'tests'];

/** Makes the sample in a folder that must not exist yet. Installs Mercurial where that may be done. */
export async function makeSample(folder) {
  await makeCommitted(folder);
  const trees = committed['orchard/trees.py'].replace(
    'self.age >= 3',
    'self.age >= self.years_to_fruit()\n\n    def years_to_fruit(self):\n        return 5 if self.kind == "cherry" else 3',
  );
  writeFiles(folder, {
    'orchard/trees.py': trees,
    'README.md': `${committed['README.md']}\nStart with \`python -m orchard\`.\n`,
    'orchard/__main__.py': 'from orchard.trees import Tree\n\nprint(Tree("apple", 4).bears_fruit())\n',
  });
  hg(folder, 'add', 'orchard/__main__.py');
  hg(folder, 'rename', 'docs/harvest.md', 'docs/picking.md');
  hg(folder, 'remove', 'orchard/data/suppliers.csv');
  fs.rmSync(path.join(folder, 'tests', 'test_prices.py'));
  writeFiles(folder, {
    'notes.txt': 'Ask about the cherry trees.\n',
    'tests/test_weather.py': 'from orchard.weather import frost_expected\n',
    'orchard.log': 'started\n',
    'build/orchard-1.4.0.tar': 'not really an archive\n',
  });
}

/** Makes the repository in the middle of a merge: a file in conflict, a merged one, and an incoming one. */
export async function makeMergeSample(folder) {
  await makeCommitted(folder);
  const prices = (...more) =>
    `PRICES = {\n${['"apple": 120', '"pear": 150', ...more].map(line => `    ${line},\n`).join('')}}\n`;
  writeFiles(folder, { 'orchard/prices.py': prices() });
  hg(folder, 'commit', '--date', daysAgo(20), '--message', 'One price per line');
  writeFiles(folder, {
    'orchard/prices.py': prices('"cherry": 310', '"quince": 220'),
    'orchard/trees.py': committed['orchard/trees.py'].replace(
      'class Tree:',
      'class Tree:\n    """One tree of the orchard."""\n',
    ),
  });
  hg(folder, 'commit', '--date', daysAgo(9), '--message', 'Sell cherries and quinces');
  writeFiles(folder, { 'docs/prices.md': '# Prices\n\nIn cents per kilogram.\n' });
  hg(folder, 'commit', '--addremove', '--date', daysAgo(6), '--message', 'Explain the prices');
  hg(folder, 'update', '1');
  writeFiles(folder, {
    'orchard/prices.py': prices('"cherry": 290', '"plum": 180'),
    'orchard/trees.py': committed['orchard/trees.py'].replace('age >= 3', 'age >= 4'),
  });
  hg(folder, 'commit', '--date', daysAgo(3), '--message', 'Cherries and plums are ripe');
  stopInConflict(folder, 'merge');
}

/** Makes the repository with a history to look through: branches, merges, names, and several authors. */
export async function makeHistorySample(folder) {
  await makeCommitted(folder);
  const commit = (days, user, message, files = {}) => {
    writeFiles(folder, files);
    hg(folder, 'commit', '--addremove', '--user', user, '--date', daysAgo(days), '--message', message);
  };
  const [ann, ben, cleo] = ['Ann Lee <ann@example.org>', 'Ben <ben@example.org>', 'Cleo Park <cleo@example.org>'];
  const heading = '"""The trees of the orchard."""\n\n\n';
  const trees = committed['orchard/trees.py'];
  const older = heading + trees.replace('age >= 3', 'age >= 4');
  commit(201, ann, 'Explain the class of trees', { 'orchard/trees.py': heading + trees });
  hg(folder, 'bookmark', '--rev', '.', 'reviewed');
  commit(173, ben, 'Sell cherries', { 'orchard/prices.py': 'PRICES = {"apple": 120, "pear": 150, "cherry": 310}\n' });
  hg(folder, 'branch', 'stable');
  commit(152, ann, 'Prepare version 1.4.1', { 'setup.cfg': '[metadata]\nname = orchard\nversion = 1.4.1\n' });
  hg(folder, 'tag', '--local', '1.4.1');
  hg(folder, 'update', '2');
  commit(121, cleo, 'Trees bear fruit after four years', { 'orchard/trees.py': older });
  hg(folder, 'update', '2');
  commit(96, ben, 'Write down what frost does', { 'docs/frost.md': '# Frost\n\nCover young trees.\n' });
  commit(89, ben, 'Add a word about snow', { 'docs/frost.md': '# Frost and snow\n\nCover young trees.\n' });
  hg(folder, 'merge', '4');
  commit(60, cleo, 'Merge the notes about frost');
  hg(folder, 'merge', 'stable', '--tool', ':local');
  commit(45, ann, 'Merge stable');
  hg(folder, 'phase', '--public', '.');
  hg(folder, 'move', 'docs/frost.md', 'docs/weather.md');
  commit(19, cleo, 'Name the notes after the weather');
  commit(2, ben, 'Count the trees', { 'orchard/trees.py': `${older}\n\ndef count(trees):\n    return len(trees)\n` });
}

/** Makes the repository in the middle of a rebase that met a conflict. */
export async function makeRebaseSample(folder) {
  await makeCommitted(folder);
  const commit = (days, message, price) => {
    writeFiles(folder, { 'orchard/prices.py': `PRICES = {"apple": ${price}, "pear": 150}\n` });
    hg(folder, 'commit', '--date', daysAgo(days), '--message', message);
  };
  commit(8, 'Apples are dearer', 140);
  hg(folder, 'update', '0');
  writeFiles(folder, { 'docs/planting.md': `${committed['docs/planting.md']}\nWater them well.\n` });
  commit(5, 'Apples for everybody', 90);
  stopInConflict(folder, '--config', 'extensions.rebase=', 'rebase', '--dest', '1');
}

/** Makes the repository with shelved changes beside those in the working copy. */
export async function makeShelvedSample(folder) {
  await makeCommitted(folder);
  const shelve = (days, name, message, files) => {
    writeFiles(folder, files);
    const options = ['--date', daysAgo(days), '--name', name, '--message', message];
    hg(folder, '--config', 'extensions.shelve=', 'shelve', ...options);
    // Their age is that of these files.
    const shelved = path.join(folder, '.hg', 'shelved');
    for (const file of fs.readdirSync(shelved).filter(each => each.startsWith(name))) {
      fs.utimesSync(path.join(shelved, file), daytime(days), daytime(days));
    }
  };
  shelve(12, 'seasons', 'Prices by season, not finished', {
    'orchard/prices.py': `${committed['orchard/prices.py']}SEASONS = {}\n`,
  });
  shelve(4, 'frost', 'Frost down to two degrees', {
    'orchard/weather.py': committed['orchard/weather.py'].replace('< 0', '< 2'),
    'docs/planting.md': `${committed['docs/planting.md']}\nCover the young trees.\n`,
  });
  writeFiles(folder, { 'README.md': `${committed['README.md']}\nStart with \`python -m orchard\`.\n` });
}

/** Makes the repository with two subrepositories (one changed, the other committed to) and one of Git. */
export async function makeSubrepositorySample(folder) {
  await makeCommitted(folder);
  const below = name => path.join(folder, 'libs', name);
  const first = ['--date', daysAgo(oldest)];
  initRepository(below('charts'), { 'charts.py': 'def draw(values):\n    return "#" * max(values)\n' }, ...first);
  initRepository(below('weather'), { 'forecast.py': 'def lowest(hours):\n    return min(hours)\n' }, ...first);
  const list = 'libs/charts = charts\nlibs/weather = weather\n';
  writeFiles(folder, { '.hgsub': list });
  hg(folder, 'add', '.hgsub');
  hg(folder, 'commit', '--date', daysAgo(40), '--message', 'Charts and weather');
  writeFiles(folder, { '.hgsub': `${list}libs/maps = [git]https://example.org/maps.git\n` });
  writeFiles(below('weather'), { 'forecast.py': 'def lowest(hours):\n    return min(hours, default=None)\n' });
  writeFiles(below('charts'), { 'charts.py': 'def draw(values):\n    return "#" * sum(values)\n' });
  hg(below('charts'), 'commit', '--date', daysAgo(2), '--message', 'Sums');
}

/** Runs hg, which leaves a conflict behind, and of the files in it no copies in the working copy. */
function stopInConflict(folder, ...args) {
  try {
    hg(folder, '--config', 'ui.origbackuppath=.hg/origbackups', ...args, '--tool', 'internal:merge');
  } catch (error) {
    // hg ends with 1, or 240, when there are conflicts.
    if (error.status !== 1 && error.status !== 240) throw error;
  }
}

/** Returns a time so many days ago, in the daytime; those of different days are of different hours. */
function daytime(days) {
  const date = new Date();
  date.setDate(date.getDate() - days);
  date.setHours(9 + (days % 8), (days * 7) % 60, 0, 0);
  return date;
}

/** Returns that time as hg reads it. */
function daysAgo(days) {
  const date = daytime(days);
  return `${date.getTime() / 1000} ${date.getTimezoneOffset() * 60}`;
}

async function makeCommitted(folder) {
  await ensurePrograms([{ found: () => findHg() !== undefined, packageName: 'mercurial', title: 'Mercurial' }]);
  if (fs.existsSync(folder)) throw new PlainError(`${folder} exists already.`);
  initRepository(folder, committed, '--date', daysAgo(oldest));
}

if (process.argv[1] === import.meta.filename) {
  const folder = process.argv[2];
  if (folder) await makeSample(path.resolve(folder)).catch(reportFailure);
  else reportFailure(new PlainError('usage: node scripts/sample-repository.mjs FOLDER'));
}
