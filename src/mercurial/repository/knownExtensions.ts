// Extensions of Mercurial by their part in a status. Only names are known: nothing here runs an extension.
import type { HgConfig } from '../config/hgConfig.ts';

/**
 * Those whose status Quicksilver computes as they do: see docs/formats.md. `fsmonitor` finds the same faster; `git`
 * counts only with its requirement.
 */
const SUPPORTED = 'eol fsmonitor git keyword largefiles lfs narrow remotefilelog sparse sqlitestore win32text'.split(
  ' ',
);

/** Shipped with Mercurial 6.3 or by the evolve project. `hg status` was compared with each of them enabled. */
export const COMPARED_EXTENSIONS: readonly string[] = (
  'absorb acl amend automv beautifygraph blackbox bookflow bugzilla censor children churn clonebundles closehead ' +
  'commitextras convert evolve extdiff factotum fastannotate fastexport fetch fix githelp gpg graphlog hgk highlight ' +
  'histedit hooklib infinitepush journal logtoprocess mq notify pager patchbomb phabricator purge rebase record ' +
  'releasenotes relink remotenames schemes share show split strip topic transplant uncommit zeroconf'
).split(' ');

/** They add commands, ways of access, or hooks. None was compared. */
const NOT_COMPARED =
  'firefoxtree hgsubversion mercurial_keyring prompt pullbundle push-to-try quicksilver reviewboard serverminitopic'.split(
    ' ',
  );

const KNOWN: ReadonlySet<string> = new Set([...SUPPORTED, ...COMPARED_EXTENSIONS, ...NOT_COMPARED]);

/** Returns the names of enabled extensions that may have a part in a status of which nothing is known here. */
export function unknownExtensions(config: Pick<HgConfig, 'enabledExtensions'>): string[] {
  return [...new Set(config.enabledExtensions().map(nameOf))].filter(name => !KNOWN.has(name)).sort();
}

/** The name without the package of extensions that are not Mercurial's own. */
function nameOf(extension: string): string {
  return extension.replace(/^hgext3rd\./, '');
}
