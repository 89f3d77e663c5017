// How client and server of a named pipe know each other. Any user may list pipes and open them for reading. Any user
// may also take the name of a pipe whose server has ended. So each side proves that it can read the file with the
// secret. The secret itself is never sent.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export interface Proof {
  /** Random, hexadecimal. */
  readonly nonce: string;
  readonly proof: string;
}

/** Returns what a client sends with its first message. */
export function clientProof(secret: string): Proof {
  const nonce = randomBytes(16).toString('hex');
  return { nonce, proof: keyed(secret, 'client', nonce) };
}

/** Returns what the server sends to a client whose proof is right. */
export function serverProof(secret: string, nonce: string): string {
  return keyed(secret, 'server', nonce);
}

/** True if the client knows the secret. Takes anything that may have been sent. */
export function isClientProof(secret: string, nonce: unknown, proof: unknown): boolean {
  return typeof nonce === 'string' && nonce.length === 32 && isEqual(proof, keyed(secret, 'client', nonce));
}

export function isServerProof(secret: string, nonce: string, proof: unknown): boolean {
  return isEqual(proof, keyed(secret, 'server', nonce));
}

function keyed(secret: string, side: 'client' | 'server', nonce: string): string {
  return createHmac('sha256', secret).update(`${side}:${nonce}`).digest('hex');
}

function isEqual(sent: unknown, right: string): boolean {
  if (typeof sent !== 'string') return false;
  const [a, b] = [Buffer.from(sent), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
