// Makes the tree for Git. Git's folder lies beside the working copy, so that Mercurial does not see it.
import fs from 'node:fs';
import path from 'node:path';
import { outputWithInput } from './programs.mjs';
import { IGNORED_ROOT } from './tree.mjs';

/** The name of the second index. */
export const UNTRACKED_INDEX = 'index-untracked';

const EXCLUDED = ['/.hg', `/${IGNORED_ROOT}`, '*.o', '*.a', '*.so', '*.class', '*.rej', '*.orig', '*.part', '.*.swp'];

/** The environment in which Git is run: of this machine's configuration nothing. */
export function gitEnvironment(directory, root, index) {
  return {
    ...process.env,
    GIT_DIR: directory,
    GIT_WORK_TREE: root,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ada Example',
    GIT_AUTHOR_EMAIL: 'ada@example.org',
    GIT_COMMITTER_NAME: 'Ada Example',
    GIT_COMMITTER_EMAIL: 'ada@example.org',
    ...(index === undefined ? {} : { GIT_INDEX_FILE: path.join(directory, index) }),
  };
}

/**
 * Makes a commit of the tracked files. Blobs are left out, because no status reads them. The exception is files to be
 * removed, which Git compares with added ones. Call it while the working files are as committed, so that Git records
 * their stats.
 */
export async function makeGitRepository(directory, root, files, roles) {
  const git = gitIn(directory, root);
  await git(['init', '--quiet']);
  fs.writeFileSync(path.join(directory, 'info', 'exclude'), `${EXCLUDED.join('\n')}\n`);
  await git(['update-index', '--index-info'], files.map(file => `100644 ${file.blob}\t${file.path}\n`).join(''));
  await git(['hash-object', '-w', '--stdin-paths'], roles.removed.map(file => `${file.path}\n`).join(''));
  const tree = await git(['write-tree', '--missing-ok']);
  const commit = await git(['commit-tree', tree.trim(), '-m', 'First commit']);
  await git(['update-ref', 'HEAD', commit.trim()]);
  await git(['update-index', '-q', '--refresh']);
}

/**
 * Records removed and added files in Git. Makes a second index, for Git's cache of directories without untracked
 * files.
 */
export async function recordGitChanges(directory, root, roles) {
  const git = gitIn(directory, root);
  await git(['update-index', '--force-remove', '--stdin'], roles.removed.map(file => `${file.path}\n`).join(''));
  await git(['update-index', '--add', '--stdin'], roles.added.map(name => `${name}\n`).join(''));
  fs.copyFileSync(path.join(directory, 'index'), path.join(directory, UNTRACKED_INDEX));
}

/** Runs `work` while the second index, with its cache, is the index. */
export async function withUntrackedCache(directory, work) {
  const [index, aside, cached] = ['index', 'index-aside', UNTRACKED_INDEX].map(name => path.join(directory, name));
  fs.renameSync(index, aside);
  try {
    // Git replaces an index; nobody writes into it.
    fs.linkSync(cached, index);
    return await work();
  } finally {
    fs.renameSync(aside, index);
  }
}

function gitIn(directory, root) {
  const env = gitEnvironment(directory, root);
  return (args, input) => outputWithInput('git', args, input, { cwd: root, env });
}
