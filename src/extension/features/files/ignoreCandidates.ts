// Lines of .hgignore that the user may want for the selected files. Pure functions, for tests.

/** More files than that are ignored by something that they have in common, or one by one. */
const MOST_FILES = 20;

/** Returns possible lines, the narrowest first. */
export function candidatesFor(paths: readonly string[]): (readonly string[])[] {
  const [first = ''] = paths;
  const found: (readonly string[])[] = [paths.slice(0, MOST_FILES).map(path => lineFor('at', path))];
  const name = first.slice(first.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 ? name.slice(dot) : '';
  if (extension !== '' && paths.every(path => path.endsWith(extension))) {
    found.push([lineFor('ends', extension)]);
  }
  if (paths.length === 1 && first.includes('/')) found.push([lineFor('name', name)]);
  const folder = commonFolder(paths);
  for (let at = folder; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
    found.push([lineFor('at', at)]);
  }
  return found;
}

/** The two forms of a line: as a glob, and as a regular expression. */
const FORMS = {
  /** The path from the root. */
  at: [(glob: string) => `rootglob:${glob}`, (regex: string) => `re:^${regex}(?:/|$)`],
  /** The name of a file or folder anywhere. */
  name: [(glob: string) => `glob:${glob}`, (regex: string) => `re:(?:^|/)${regex}(?:/|$)`],
  /** The end of a name. */
  ends: [(glob: string) => `glob:*${glob}`, (regex: string) => `re:${regex}(?:/|$)`],
} as const;

/** Returns one line. A glob cannot contain a line break: only a regular expression can name one. */
export function lineFor(form: keyof typeof FORMS, text: string): string {
  const [glob, regex] = FORMS[form];
  return text.includes('\n') ? regex(escapeRegex(text)) : glob(escapeGlob(text));
}

/** Mercurial takes `#` for the beginning of a comment and cuts off white space at the end of a line. */
function escapeGlob(text: string): string {
  return text.replace(/[*?[\]{},\\#]/g, '\\$&').replace(/[ \t\r\v\f]$/, '[$&]');
}

function escapeRegex(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\#]/g, '\\$&').replaceAll('\n', '\\n');
}

function commonFolder([first = '', ...others]: readonly string[]): string {
  let folder = first;
  do folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')));
  while (folder !== '' && others.some(path => !path.startsWith(`${folder}/`)));
  return folder;
}
