// The submenus, and where they stand.
import { and, canRunHg, hasRepository, isFile, type Clause } from './clauses.ts';

interface Submenu {
  readonly label: string;
  readonly place: readonly [menu: 'explorer/context' | 'scm/title', group: string, when: Clause];
}

export const submenus = {
  explorer: { label: 'Mercurial', place: ['explorer/context', '3_compare@9', and(hasRepository, isFile)] },
  commit: { label: 'Commit', place: ['scm/title', '2_main@0', canRunHg] },
  changes: { label: 'Changes', place: ['scm/title', '2_main@2', canRunHg] },
  exchange: { label: 'Pull & Push', place: ['scm/title', '2_main@3', canRunHg] },
  branches: { label: 'Branch & Merge', place: ['scm/title', '2_main@4', canRunHg] },
  names: { label: 'Bookmarks & Tags', place: ['scm/title', '2_main@5', canRunHg] },
  shelves: { label: 'Shelve', place: ['scm/title', '2_main@6', canRunHg] },
} as const satisfies Readonly<Record<string, Submenu>>;

export type SubmenuName = keyof typeof submenus;
