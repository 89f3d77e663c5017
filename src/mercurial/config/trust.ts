import * as path from 'node:path';
import type { Vfs } from '../../files/vfs.ts';
import type { ProcessEnvironment } from '../../files/environment.ts';

/** Links from one to the next that are followed to find a file's owner. */
const MAX_LINKS = 40;

const MAX_ACCOUNTS_BYTES = 1024 * 1024;

/**
 * Decides whose configuration counts. The user's own always does. The "trusted" section of the configuration read so
 * far names other users and groups ('*' means everybody).
 */
export class TrustRules {
  readonly #vfs: Vfs;
  readonly #userId: number | undefined;
  readonly #users: ReadonlySet<string>;
  readonly #groups: ReadonlySet<string>;

  /** @param section the items of the "trusted" section by name */
  constructor(
    vfs: Vfs,
    { userId }: ProcessEnvironment,
    section: ReadonlyMap<string, { readonly value: string }> | undefined,
  ) {
    this.#vfs = vfs;
    this.#userId = userId;
    this.#users = namesIn(section?.get('users')?.value);
    this.#groups = namesIn(section?.get('groups')?.value);
  }

  trusts(file: string): boolean {
    if (this.#userId === undefined || this.#users.has('*') || this.#groups.has('*')) return true;
    const owner = this.#ownerOf(file);
    if (owner === undefined || owner.user === this.#userId) return true;
    return (
      this.#isNamed('/etc/passwd', owner.user, this.#users) || this.#isNamed('/etc/group', owner.group, this.#groups)
    );
  }

  /** Returns the owner of the file itself, not of a link to it. */
  #ownerOf(file: string): { user: number; group: number } | undefined {
    let at = file;
    for (let links = 0; links < MAX_LINKS; links++) {
      const stat = this.#vfs.lstat(at);
      if (stat === undefined) return undefined;
      const target = stat.isSymbolicLink() ? this.#vfs.readLink(at) : undefined;
      if (target === undefined) return { user: Number(stat.uid), group: Number(stat.gid) };
      // From the folder that the link is really in: a file that nobody finds would be trusted.
      at = path.resolve(this.#vfs.realPath(path.dirname(at)), target);
    }
    return undefined;
  }

  /** True if one of the names has this number in a file of accounts: "name:password:number:...". */
  #isNamed(accounts: string, id: number, names: ReadonlySet<string>): boolean {
    if (names.size === 0) return false;
    const lines = this.#vfs.read(accounts, MAX_ACCOUNTS_BYTES)?.bytes.toString('latin1').split('\n') ?? [];
    const found = lines.map(line => line.split(':')).find(fields => Number(fields[2]) === id && fields.length > 2);
    return found?.[0] !== undefined && names.has(found[0]);
  }
}

/** Names between commas and white space. */
function namesIn(value: string | undefined): ReadonlySet<string> {
  return new Set((value ?? '').split(/[\s,]+/).filter(name => name !== ''));
}
