// Makes a small repository with a file of every status, to look at and to take pictures of.
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

/** The top-level folders of the sample, for those who want to show them open. */
export const sampleFolders = ['docs', 'orchard', 'tests'];

/** Makes the sample in a folder that must not exist yet. Installs Mercurial where that may be done. */
export async function makeSample(folder) {
  await ensurePrograms([{ found: () => findHg() !== undefined, packageName: 'mercurial', title: 'Mercurial' }]);
  if (fs.existsSync(folder)) throw new PlainError(`${folder} exists already.`);
  initRepository(folder, committed);

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

if (process.argv[1] === import.meta.filename) {
  const folder = process.argv[2];
  if (folder) await makeSample(path.resolve(folder)).catch(reportFailure);
  else reportFailure(new PlainError('usage: node scripts/sample-repository.mjs FOLDER'));
}
