// A window in German, with a repository that has a change of each common kind.
export function prepare({ directory, initRepository, writeFiles, fakeHg }) {
  initRepository(directory, { 'a.txt': 'one\n', 'gone.txt': 'gone\n' });
  writeFiles(directory, { 'a.txt': 'two\n', 'new.txt': 'new\n' });
  return { open: directory, locale: 'de', env: fakeHg() };
}
