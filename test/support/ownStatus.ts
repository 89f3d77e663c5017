// The whole status of a repository by our own reader, as the command line has it.
import { currentEnvironment } from '../../src/files/environment.ts';
import { MercurialRepository } from '../../src/mercurial/repository/repository.ts';
import { settledStatus } from '../../src/backends/mercurial/snapshot.ts';
import { QuicksilverError } from '../../src/base/errors.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { STATUS_LETTERS } from '../../src/server/statusLetters.ts';

/** Lines 'M path', sorted; the message of the error where there is none. */
export async function statusLines(root: string): Promise<string[] | string> {
  const environment = { ...currentEnvironment(), variables: { ...process.env, HGRCPATH: '' } };
  try {
    const repository = MercurialRepository.open(root, { vfs: new Vfs(), environment });
    const { result } = await settledStatus(repository, { rules: 'at-once' }, () => ({ ignored: 'all', clean: true }));
    const [undecided] = result.undecided;
    if (undecided !== undefined) throw undecided.why;
    return result.entries.map(({ path, status }) => `${STATUS_LETTERS[status]} ${path}`).sort();
  } catch (error) {
    if (!(error instanceof QuicksilverError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}
