// Who is at the other end of a socket. The private directory keeps others out; this is a second lock on the same door.
import type { Socket } from 'node:net';
import { loadNative } from '../../status/bulk/native.ts';

/** The export of `native/peer.c`. */
interface PeerModule {
  peerUser(descriptor: number): number;
}

/** Returns the user's number; undefined if it is not known: without native code, or for another kind of socket. */
export function peerUser(socket: Socket): number | undefined {
  const module = loadNative().module as Partial<PeerModule> | undefined;
  // Node keeps the descriptor in an object that it does not document.
  const handle = (socket as { readonly _handle?: { readonly fd?: unknown } | null })._handle;
  const descriptor = handle?.fd;
  if (module?.peerUser === undefined || typeof descriptor !== 'number' || descriptor < 0) return undefined;
  const user = module.peerUser(descriptor);
  return user < 0 ? undefined : user;
}

/** True unless another user is known to be at the other end. */
export function isOwnPeer(socket: Socket): boolean {
  const user = peerUser(socket);
  return user === undefined || user === process.geteuid?.();
}
