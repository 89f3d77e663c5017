// Every decoder of Mercurial's, Git's and Bazaar's files with inputs that the real program wrote, and what is done with what comes out.
import { BAZAAR_DECODERS } from './decodersOfBazaar.ts';
import { DEFINITION_DECODERS } from './decodersOfDefinition.ts';
import { DIRSTATE_DECODERS } from './decodersOfDirstate.ts';
import { GIT_DECODERS } from './decodersOfGit.ts';
import { STATE_DECODERS } from './decodersOfState.ts';
import { STORE_DECODERS } from './decodersOfStore.ts';
import type { Decoder } from './fuzzer.ts';

export const DECODERS: readonly Decoder[] = [
  ...DIRSTATE_DECODERS,
  ...DEFINITION_DECODERS,
  ...STORE_DECODERS,
  ...STATE_DECODERS,
  ...GIT_DECODERS,
  ...BAZAAR_DECODERS,
];
