// What is shown of hostile repositories of Git and Bazaar, in the form of ../../support/hostile/outcomes.ts.
import type { EditorOutcome } from '../../support/hostile/outcomes.ts';

const CHANGES = ['? new.txt', 'M changed.txt'];

function ready(...entries: readonly string[]): EditorOutcome {
  return { state: 'ready', message: '', entries: [...entries].sort() };
}

function failed(message: string): EditorOutcome {
  return { state: 'failed', message, entries: [] };
}

function refused(message: string): EditorOutcome {
  return { state: 'refused', message, entries: [] };
}

export const otherSystems: Readonly<Record<string, EditorOutcome>> = {
  'git-sound': ready(...CHANGES),
  'git-fifo-index': failed('ROOT/.git/index: not a regular file'),
  'git-device-config': failed('ROOT/.git/config: not a regular file'),
  'git-dots': failed('ROOT/.git/index: entry 0 has a path that cannot be'),
  'git-unordered': refused('ROOT/.git/index: entry 1 is out of order, or a path is there twice'),
  'git-link-outside': ready(...CHANGES, '! sub/deep.txt', '? sub'),
  // Only the filter knows whether these files are changed, and it is a program.
  'git-filter': ready('? .gitattributes', '? new.txt', 'M changed.txt', 'M clean.txt', 'M sub/deep.txt'),
  'git-monitor': ready(...CHANGES),
  'git-many-patterns': refused('the rule files have more than 200000 patterns, or too many bytes'),
  'git-file-loop': { state: 'closed', message: '', entries: [] },
  'bzr-sound': ready(...CHANGES),
  'bzr-fifo-dirstate': failed('ROOT/.bzr/checkout/dirstate: not a regular file'),
  'bzr-outside': failed('ROOT/.bzr/checkout/dirstate: has a row without its directory'),
  'bzr-link-outside': ready(...CHANGES, '! sub/deep.txt', 'M sub'),
  'bzr-too-deep': refused('ROOT/.bzr/checkout/dirstate: more than 2048 directories inside one another'),
  'bzr-back-reference': failed('ROOT/.bzrignore:1: pattern RE:((a*)*)*\\1\\2! is invalid: invalid group reference 1'),
};
