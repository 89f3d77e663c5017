// Translates Mercurial's globs into Python regular expressions. The result is text, because Mercurial joins all
// patterns of a file into one expression, where a broken one can swallow the next.

/**
 * Returns the regular expression of a glob without anchors. The wildcard '*' stays within a name, '**' does not. The
 * wildcard '?' is any byte except a newline (a slash too), and '{a,b}' is a choice. An unclosed '{' makes an expression
 * that Python rejects.
 */
export function globToRegex(glob: string): string {
  let out = '';
  let braces = 0;
  for (let i = 0; i < glob.length;) {
    const char = glob[i++]!;
    if (char === '*') {
      if (glob[i] !== '*') {
        out += '[^/]*';
      } else if (glob[i + 1] === '/') {
        i += 2;
        out += '(?:.*/)?';
      } else {
        i += 1;
        out += '.*';
      }
    } else if (char === '?') {
      out += '.';
    } else if (char === '[') {
      const end = classEnd(glob, i);
      if (end < 0) {
        out += '\\[';
      } else {
        out += globClass(glob.slice(i, end));
        i = end + 1;
      }
    } else if (char === '{') {
      braces++;
      out += '(?:';
    } else if (char === '}' && braces > 0) {
      braces--;
      out += ')';
    } else if (char === ',' && braces > 0) {
      out += '|';
    } else if (char === '\\' && i < glob.length) {
      out += escapeRegex(glob[i++]!);
    } else {
      out += escapeRegex(char);
    }
  }
  return out;
}

/** The text with a backslash before everything that Python's `re.escape` puts one before. */
export function escapeRegex(text: string): string {
  return text.replace(/[()[\]{}?*+\-|^$\\.&~# \t\n\r\v\f]/g, '\\$&');
}

/**
 * Resolves '.', '..' and doubled slashes as Python's `posixpath.normpath` does, without touching the disk. A leading
 * '..' stays, '/..' is '/', exactly two leading slashes stay two, and an empty path becomes '.'.
 */
export function normalizePath(path: string): string {
  if (path === '') return '.';
  const leading = path.startsWith('//') && !path.startsWith('///') ? '//' : path.startsWith('/') ? '/' : '';
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue;
    if (name !== '..' || (leading === '' && names.length === 0) || names.at(-1) === '..') names.push(name);
    else names.pop();
  }
  return leading + names.join('/') || '.';
}

/** Index of the ']' that ends the class whose content begins at `start`, or -1. A ']' that comes first is content. */
function classEnd(glob: string, start: number): number {
  let i = start;
  if (glob[i] === '!' || glob[i] === ']') i++;
  return glob.indexOf(']', i);
}

function globClass(content: string): string {
  const text = content.replaceAll('\\', '\\\\');
  if (text.startsWith('!')) return `[^${text.slice(1)}]`;
  return text.startsWith('^') ? `[\\${text}]` : `[${text}]`;
}
