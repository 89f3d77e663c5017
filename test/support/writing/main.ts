// Lists the broken rules of writing in the named files, or everywhere:
//   node --import tsx test/support/writing/main.ts [--all] [--count] [--prune] [FILE...]
// `--all` includes exempt sentences; `--prune` drops exemptions that nothing needs.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { checkedFiles, EXEMPT_FILE, exemptSentences, problemsInFile } from './files.ts';
import { fingerprint } from './rules.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean' }, count: { type: 'boolean' }, prune: { type: 'boolean' } },
});
function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const exempt = exemptSentences();
const problems = (positionals.length > 0 ? positionals : checkedFiles()).flatMap(problemsInFile);
if (values.prune === true) {
  const needed = new Set(problems.map(fingerprint));
  writeFileSync(
    EXEMPT_FILE,
    [...exempt]
      .filter(name => needed.has(name))
      .map(name => `${name}\n`)
      .sort()
      .join(''),
  );
}
const shown = values.all === true ? problems : problems.filter(problem => !exempt.has(fingerprint(problem)));
if (values.count === true) {
  const counts = new Map<string, number>();
  for (const { path } of shown) counts.set(path, (counts.get(path) ?? 0) + 1);
  for (const [path, count] of [...counts].sort((a, b) => b[1] - a[1])) print(`${count} ${path}`);
} else {
  for (const { path, line, rule, text } of shown) print(`${path}:${line}: ${rule}: ${text}`);
}
print(`${shown.length} problems, ${exempt.size} exempt sentences`);
