// The name of the folder that a clone is made in. Pure.

/** Returns the last part of an address or path, else the host of an address: never its user or password. */
export function folderNameOf(source: string): string {
  const path = source.replace(/[#?].*$/, '').replace(/^[a-z][a-z0-9+.-]*:\/\/(?:[^/]*@)?/i, '');
  const [name = ''] = /[^/\\]+(?=[/\\]*$)/.exec(path) ?? [];
  return name.replace(/:\d*$/, '').replace(/^.*:/, '');
}
