// Commands that exchange changesets with other repositories, and those that create one.
import { canChangeRepository, canRunHg, isEnabled } from '../clauses.ts';
import { command, hgCommand, isIdle } from '../commandEntry.ts';

export const exchangeCommands = {
  pull: hgCommand({
    title: 'Pull',
    icon: 'repo-pull',
    palette: canChangeRepository,
    menus: [
      ['scm/title', '1_header@1', canRunHg],
      ['quicksilver.exchange', '1_pull@1'],
    ],
  }),
  pullAndUpdate: hgCommand({
    title: 'Pull and Update',
    palette: canChangeRepository,
    menus: [['quicksilver.exchange', '1_pull@2']],
  }),
  pullFrom: hgCommand({
    title: 'Pull from…',
    palette: canChangeRepository,
    menus: [['quicksilver.exchange', '1_pull@3']],
  }),
  push: hgCommand({
    title: 'Push',
    icon: 'repo-push',
    palette: canChangeRepository,
    menus: [
      ['scm/title', '1_header@2', canRunHg],
      ['quicksilver.exchange', '2_push@1'],
    ],
  }),
  pushTo: hgCommand({ title: 'Push to…', palette: canChangeRepository, menus: [['quicksilver.exchange', '2_push@2']] }),
  pushAll: hgCommand({
    title: 'Push All Branches',
    palette: canChangeRepository,
    menus: [['quicksilver.exchange', '2_push@3']],
  }),
  pushBranch: hgCommand({
    title: 'Push Current Branch',
    palette: canChangeRepository,
    menus: [['quicksilver.exchange', '2_push@4']],
  }),
  pushBookmark: hgCommand({
    title: 'Push Bookmark…',
    palette: canChangeRepository,
    menus: [['quicksilver.exchange', '2_push@5']],
  }),
  pushRevision: hgCommand({
    title: 'Push Revision…',
    palette: canChangeRepository,
    menus: [['quicksilver.exchange', '2_push@6']],
  }),
  incoming: hgCommand({
    title: 'Show Incoming Changesets',
    icon: 'cloud-download',
    palette: canChangeRepository,
    menus: [['quicksilver.exchange', '1_pull@4']],
  }),
  outgoing: hgCommand({
    title: 'Show Outgoing Changesets',
    icon: 'cloud-upload',
    palette: canChangeRepository,
    menus: [['quicksilver.exchange', '2_push@7']],
  }),
  showDrafts: hgCommand({
    title: 'Show Unpushed Changesets',
    palette: canChangeRepository,
    menus: [['quicksilver.exchange', '2_push@8']],
  }),
  init: command({ title: 'Initialize Repository', enablement: isIdle, palette: isEnabled }),
  clone: command({
    title: 'Clone Repository…',
    icon: 'repo-clone',
    enablement: isIdle,
    palette: isEnabled,
    menus: [['scm/title', '1_header@4', canRunHg]],
  }),
};
