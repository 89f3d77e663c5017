// Lists the broken rules of writing in the named files, or everywhere; `--count` lists their number by file:
//   node --import tsx test/support/writing/main.ts [--count] [FILE...]
import { parseArgs } from 'node:util';
import { checkedFiles, problemsInFile } from './files.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { count: { type: 'boolean' } } });
function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const problems = (positionals.length > 0 ? positionals : checkedFiles()).flatMap(problemsInFile);
if (values.count === true) {
  const counts = new Map<string, number>();
  for (const { path } of problems) counts.set(path, (counts.get(path) ?? 0) + 1);
  for (const [path, count] of [...counts].sort((a, b) => b[1] - a[1])) print(`${count} ${path}`);
} else {
  for (const { path, line, rule, text } of problems) print(`${path}:${line}: ${rule}: ${text}`);
}
print(`${problems.length} problems`);
