// Extracts failures from the output of the test programs: a log may be cut off in the middle, but its end is always
// read.

/** Lines of each failure that are shown. */
const LINES = 15;

/** Returns the failures in the output of node:test's reporter "spec": name, place, and the first lines of the error. */
export function nodeFailures(output) {
  const [, list = ''] = output.split(/^. failing tests:$/mu);
  return list
    .split(/^test at /m)
    .slice(1)
    .map(failure => {
      const [place, name = '', ...lines] = failure.split('\n');
      return shortened(`${name.replace(/^\S+ /, '')}, ${place}`, lines);
    });
}

/** Returns the failures in the output of scripts/test-vscode.mjs, with release, scenario and user. */
export function vscodeFailures(output) {
  return output
    .split(/^(?=VS Code \S+.*, scenario )/m)
    .slice(1)
    .flatMap(part => {
      const [where, ...lines] = part.split(/^extension tests: /m)[0].split('\n');
      const listed = lines.findIndex(line => /^ {2}\d+ failing$/.test(line));
      const problems = lines.filter(line => line.startsWith('scenario '));
      const failures =
        listed < 0
          ? []
          : lines
              .slice(listed + 1)
              .join('\n')
              .split(/^ {2}\d+\) /m)
              .slice(1);
      return [
        ...failures.map(failure => {
          const [suite, ...rest] = failure.split('\n').filter(line => !line.startsWith('scenario '));
          return shortened(`${where}: ${suite}`, rest);
        }),
        ...problems.map(problem => shortened(where, [problem])),
      ];
    });
}

/** The last lines of a program that lists no tests. */
export function lastLines(output) {
  return output.trimEnd().split('\n').slice(-LINES).join('\n');
}

function shortened(title, lines) {
  const text = lines.join('\n').trim().split('\n');
  return [title, ...text.slice(0, LINES), ...(text.length > LINES ? ['...'] : [])].join('\n    ').trimEnd();
}
