// The name for commits in the text of a configuration file. Pure.

/** Returns the text with this name in its section [ui]: in place of the last one there, else in a line of its own. */
export function withUserName(text: string, name: string): string {
  const lines = text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  const line = `username = ${name.trim()}`;
  let section = '';
  let header = -1;
  let old = -1;
  lines.forEach((each, i) => {
    const begun = /^\[([^[\]]+)\]/.exec(each)?.[1];
    if (begun !== undefined) section = begun;
    if (section !== 'ui') return;
    if (begun !== undefined) header = i;
    else if (/^username\s*=/.test(each)) old = i;
  });
  if (old >= 0) lines[old] = line;
  else if (header >= 0) lines.splice(header + 1, 0, line);
  else lines.push('[ui]', line);
  return lines.join(lineBreak) + lineBreak;
}
