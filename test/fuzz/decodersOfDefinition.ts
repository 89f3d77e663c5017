// The decoders of requirements, configuration, ignore rules and subrepositories.
import { bytePath } from '../../src/base/bytePath.ts';
import { loadConfig } from '../../src/mercurial/config/hgConfig.ts';
import { configuredIgnoreFiles } from '../../src/mercurial/ignore/configuredIgnoreFiles.ts';
import { loadIgnoreRules } from '../../src/mercurial/ignore/ignoreRules.ts';
import { EolRules } from '../../src/mercurial/filters/eolRules.ts';
import { compileScope, parseScopeConfig } from '../../src/mercurial/repository/pathScope.ts';
import { LargeContents, largefilesTree } from '../../src/mercurial/repository/largefiles.ts';
import { ScopeReader } from '../../src/mercurial/repository/sparse.ts';
import { readLayout } from '../../src/mercurial/repository/requirements.ts';
import { subrepositories, subrepositoryPaths } from '../../src/mercurial/repository/subrepos.ts';
import { dirstateBytes } from './seedDirstate.ts';
import type { Decoder } from './fuzzer.ts';
import { MemoryVfs } from './memoryVfs.ts';
import { seeds, seed, ROOT, HG, ENVIRONMENT, LINES, tried, dirstateOf } from './decoderInputs.ts';
import { NO_ROOT } from '../support/patternRoot.ts';

const IGNORED = ['a.o', 'd/e/z', 'build/x/y.pyc', 'Thumbs.db', 'a'.repeat(300), `${'ab/'.repeat(60)}x`, '\xff.\xfe'];

const HASH_OF_A = '86f7e437faa5a7fce15d1ddcb9eaeaea377667b8';

const TRACKS_SUBREPOSITORIES = dirstateOf({ dirstate: dirstateBytes(['.hgsub', '.hgsubstate', 'a']) });

/** What says what a repository is, what belongs to it, and what does not. */
export const DEFINITION_DECODERS: readonly Decoder[] = [
  {
    name: 'requires',
    seeds: seeds('requires'),
    tokens: ['shared\n', 'relshared\n', 'share-safe\n', 'store\n', 'dirstate-v2', ...LINES],
    run: bytes => {
      const vfs = new MemoryVfs({
        [`${HG}/requires`]: bytes,
        [`${HG}/store/requires`]: bytes,
        [`${HG}/sharedpath`]: '/source/.hg\n',
        '/source/.hg/requires': bytes,
        '/source/.hg/store/requires': bytes,
      });
      readLayout(vfs, HG);
    },
  },
  {
    name: 'sharedpath',
    seeds: seeds('sharedpath'),
    tokens: ['/', '..', '../', '\xc3\xa9', ...LINES],
    run: bytes => {
      for (const requirement of ['shared', 'relshared']) {
        const vfs = new MemoryVfs({
          [`${HG}/requires`]: `${requirement}\nstore\nrevlogv1\n`,
          [`${HG}/sharedpath`]: bytes,
          '/source/.hg/requires': 'store\n',
        });
        tried(() => void readLayout(vfs, HG));
      }
    },
  },
  {
    name: 'sparse',
    seeds: [
      Buffer.from('# rules\n%include profile\n[include]\na\npath:b/c\n*.txt\n[exclude]\nrootfilesin:d\nre:.*z\n'),
    ],
    tokens: [
      '[include]\n',
      '[exclude]\n',
      '%include ',
      'path:',
      'rootfilesin:',
      're:',
      'glob:',
      'set:',
      '**',
      '{',
      ...LINES,
    ],
    run: bytes => {
      const scope = compileScope(parseScopeConfig(bytes.toString('latin1'), 'sparse'), NO_ROOT);
      for (const path of IGNORED) scope.matches(bytePath(path));
    },
  },
  {
    name: 'narrowspec',
    seeds: [Buffer.from('[include]\npath:a\nrootfilesin:d/e\n[exclude]\npath:a/b\n')],
    tokens: ['[include]\n', '[exclude]\n', '%include ', 'path:', 'rootfilesin:', 'path:..', 'path:.', ...LINES],
    run: bytes => {
      const source = {
        vfs: new MemoryVfs({ [`${HG}/narrowspec.dirstate`]: bytes, [`${HG}/store/narrowspec`]: bytes }),
        root: '/repo',
        hgDirectory: HG,
        storeDirectory: `${HG}/store`,
        requirements: new Set(['narrowhg-experimental']),
        store: () => {
          throw new Error('a narrow specification has no profiles');
        },
      };
      const scope = new ScopeReader(source).read(() => []);
      for (const path of IGNORED) scope?.matches(bytePath(path));
    },
  },
  {
    name: 'standin',
    seeds: [Buffer.from(`${HASH_OF_A}\n`)],
    tokens: ['..', '/', '0'.repeat(40), ...LINES],
    run: bytes => {
      const contents = new LargeContents(new MemoryVfs({ [`/cache/${HASH_OF_A}`]: 'a' }), ['/cache']);
      const file = {
        kind: 'file' as const,
        revision: '0'.repeat(40),
        matches: () => false,
        content: () => bytes,
      };
      const tree = { find: (path: string) => (path === '.hglf/a' ? file : undefined), warning: undefined };
      const large = largefilesTree({ ...tree, release: () => undefined }, contents).find(bytePath('a'));
      large?.matches({ size: 1, chunks: () => [Buffer.from('a')] });
      large?.content();
    },
  },
  {
    name: 'hgeol',
    seeds: [
      Buffer.from(
        '[repository]\nnative = LF\n[patterns]\n**.txt = native\nbin/** = BIN\n[eol]\nonly-consistent = no\n',
      ),
    ],
    tokens: ['[patterns]\n', '[eol]\n', ' = ', 'native', 'CRLF', 're:', '{', '[', '(', '%include x\n', ...LINES],
    run: bytes => {
      const rules = EolRules.parse(bytes.toString('latin1'), NO_ROOT);
      for (const path of IGNORED) rules?.differsFrom(undefined, bytePath(path));
      for (const { matches } of rules?.filters() ?? []) matches(bytePath('a.txt'));
    },
  },
  {
    name: 'hgrc',
    seeds: seeds('hgrc'),
    tokens: [
      '%include ',
      '%include hgrc\n',
      '%unset ',
      '[',
      ']',
      '=',
      '[ui]\n',
      'ignore',
      '$HOME',
      '${',
      '~',
      '#',
      ...LINES,
    ],
    run: bytes => {
      const vfs = new MemoryVfs({ [`${HG}/hgrc`]: bytes, [`${HG}/other`]: '[ui]\nx = y\n' });
      const config = loadConfig(vfs, { ...ENVIRONMENT, userId: 12345 }, { hgDirectory: HG });
      config.items('encode');
      config.isExtensionEnabled('eol');
      const own = loadConfig(vfs, ENVIRONMENT, { hgDirectory: HG });
      for (const section of ['ui', 'extensions', 'encode', 'trusted']) own.items(section);
      own.isExtensionEnabled('eol');
      tried(() => void own.boolean('ui', 'relative', false));
      configuredIgnoreFiles(ROOT, own, ENVIRONMENT);
    },
  },
  {
    name: 'hgignore',
    seeds: seeds('hgignore'),
    tokens: [
      ...[
        'syntax: glob\n',
        'syntax: regexp\n',
        'syntax: rootglob\n',
        'include:.hgignore\n',
        'subinclude:d/.hgignore\n',
      ],
      ...[
        '(?:',
        '(?=',
        '(?!',
        '(?<=',
        '(?P<a>',
        '(?P=a)',
        '(?(1)',
        '\\1',
        '(',
        ')',
        '[',
        '[^',
        ']',
        '{',
        '}',
        '{1,1000}',
      ],
      ...[
        '*',
        '+',
        '?',
        '*?',
        '**',
        '**/',
        '/',
        '\\',
        '\\x41',
        '\\Z',
        '\\b',
        '(?i)',
        '|',
        '.*',
        '(a+)+',
        '$',
        '^',
        '#',
        ...LINES,
      ],
    ],
    run: bytes => {
      const vfs = new MemoryVfs({ [`${ROOT}/.hgignore`]: bytes, [`${ROOT}/d/.hgignore`]: bytes.subarray(0, 500) });
      const { matcher } = loadIgnoreRules(vfs, { root: ROOT, ignoreFiles: [`${ROOT}/.hgignore`] });
      for (const at of IGNORED) matcher.explainIgnored(bytePath(at));
    },
    maxLength: 20_000,
  },
  {
    name: 'hgsub',
    seeds: seeds('hgsub'),
    tokens: ['=', '[', ']', '[git]', '[svn]', '..', '.hg', '/', '%include x\n', '%unset sub\n', ...LINES],
    run: bytes => {
      const vfs = new MemoryVfs({ [`${ROOT}/.hgsub`]: bytes, [`${ROOT}/.hgsubstate`]: seed('hgsubstate', 'two.bin') });
      subrepositoryPaths(vfs, ROOT, TRACKS_SUBREPOSITORIES);
      subrepositories(vfs, ROOT, TRACKS_SUBREPOSITORIES);
    },
  },
  {
    name: 'hgsubstate',
    seeds: seeds('hgsubstate'),
    tokens: ['0'.repeat(40), 'sub', ...LINES],
    run: bytes => {
      const vfs = new MemoryVfs({ [`${ROOT}/.hgsub`]: seed('hgsub', 'two.bin'), [`${ROOT}/.hgsubstate`]: bytes });
      subrepositories(vfs, ROOT, TRACKS_SUBREPOSITORIES);
    },
  },
];
