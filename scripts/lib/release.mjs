// Rules of a release: the version in package.json, the changelog and the tag agree.

const SECTIONS = ['Added', 'Changed', 'Fixed', 'Security'];

/**
 * Returns what is wrong, one sentence each.
 * @param files texts of package.json, package-lock.json and CHANGELOG.md as { manifest, lock, changelog }
 * @param tag the tag of the release, such as 'v1.2.3'; undefined between releases
 */
export function releaseProblems({ manifest, lock, changelog }, tag) {
  const { version } = JSON.parse(manifest);
  const locked = JSON.parse(lock);
  const problems = [];
  if (locked.version !== version || locked.packages[''].version !== version) {
    problems.push(`package-lock.json has version ${locked.version}, package.json has ${version}.`);
  }
  const titles = [...changelog.matchAll(/^## (.*)$/gm)].map(match => match[1]);
  const released = titles.filter(title => title !== 'Unreleased').map(title => title.split(' ')[0]);
  if (titles.indexOf('Unreleased') > 0) problems.push('CHANGELOG.md: "Unreleased" is not the first section.');
  if (released[0] !== version) {
    problems.push(`CHANGELOG.md: the newest release is ${released[0]}, package.json has ${version}.`);
  }
  for (const [at, older] of released.slice(1).entries()) {
    if (compareVersions(released[at], older) <= 0)
      problems.push(`CHANGELOG.md: ${released[at]} is not newer than ${older}.`);
  }
  for (const section of changelog.split(/^## /m).slice(1)) {
    const title = section.split('\n', 1)[0];
    const parts = [...section.matchAll(/^### (.*)$/gm)].map(match => match[1]);
    const known = SECTIONS.filter(name => parts.includes(name));
    if (parts.join() !== known.join())
      problems.push(`CHANGELOG.md, ${title}: the parts are ${SECTIONS.join(', ')}, in this order.`);
  }
  if (tag === undefined) return problems;
  if (tag !== `v${version}`) problems.push(`The tag is ${tag}, package.json has ${version}.`);
  if (titles.includes('Unreleased')) problems.push('CHANGELOG.md still has a section "Unreleased".');
  return problems;
}

/** Returns the changelog's section for a version, without its title. */
export function releaseNotes(changelog, version) {
  const section = changelog.split(/^## /m).find(text => text.split(/\s/, 1)[0] === version);
  return section?.slice(section.indexOf('\n') + 1).trim();
}

function compareVersions(a, b) {
  const [left, right] = [a, b].map(text => text.split('.').map(Number));
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}
