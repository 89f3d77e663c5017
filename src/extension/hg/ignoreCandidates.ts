// Lines of .hgignore that a person may mean by the files they have chosen. Pure, so that they have a test.

/** More files than that are ignored by something that they have in common, or one by one. */
const MOST_FILES = 20;

/** Lines that a person may mean, the narrowest first. */
export function candidatesFor(paths: readonly string[]): (readonly string[])[] {
  const [first = ''] = paths;
  const found: (readonly string[])[] = [paths.slice(0, MOST_FILES).map(path => `rootglob:${escapeGlob(path)}`)];
  const name = first.slice(first.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 ? name.slice(dot) : '';
  if (extension !== '' && paths.every(path => path.endsWith(extension))) {
    found.push([`glob:*${escapeGlob(extension)}`]);
  }
  if (paths.length === 1 && first.includes('/')) found.push([`glob:${escapeGlob(name)}`]);
  const folder = commonFolder(paths);
  for (let at = folder; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
    found.push([`rootglob:${escapeGlob(at)}`]);
  }
  return found;
}

/** Of '#', too, which would begin a comment; spaces at the end of a line would be cut off. */
export function escapeGlob(path: string): string {
  return path.replace(/[*?[\]{},\\#]/g, '\\$&').replace(/ $/, '[ ]');
}

function commonFolder([first = '', ...others]: readonly string[]): string {
  let folder = first;
  do folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')));
  while (folder !== '' && others.some(path => !path.startsWith(`${folder}/`)));
  return folder;
}
