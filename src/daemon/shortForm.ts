// The short form of requests: for clients that have no JSON and ask one thing. Fields end with a NUL, which neither
// paths nor variables can contain, so nothing is escaped. docs/server-protocol.md describes it for others.
//   request:  quicksilver/1 NUL method NUL name=value NUL ... NUL     an empty field ends it
//   answer:   kind NUL field NUL ... end NUL NUL                      and the server closes the connection
// Everything is a byte string (see base/bytePath.ts).
import { fromDisplay, toDisplay } from '../base/bytePath.ts';

export const SHORT_FORM_START = 'quicksilver/1\0';
/** More than any request has. */
export const MOST_REQUEST_BYTES = 1 << 20;

/**
 * Environment variables that change what Mercurial's configuration is. Clients send those that are set. Clients in C
 * and Python have the same list for Linux: a variable that only some of them send must not be added.
 */
export const SENT_VARIABLES: readonly string[] = [
  ...['HGRCPATH', 'HGRCSKIPREPO', 'HOME', 'XDG_CONFIG_HOME', 'PATH'],
  ...(process.platform === 'win32' ? ['USERPROFILE', 'APPDATA', 'PROGRAMDATA'] : []),
];

/** Returns those of {@link SENT_VARIABLES} that are set. On Windows their names may be in another case ('Path'). */
export function variablesToSend(variables: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const sent: Record<string, string> = {};
  for (const [given, value] of Object.entries(variables)) {
    const name = process.platform === 'win32' ? given.toUpperCase() : given;
    if (value !== undefined && SENT_VARIABLES.includes(name)) sent[name] = value;
  }
  return sent;
}

export interface ShortRequest {
  readonly method: string;
  /** Single values in display form; the last one of a name counts. */
  readonly values: ReadonlyMap<string, string>;
  /** Environment variables, in display form. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Returns a request as a byte string. */
export function encodeRequest(
  method: string,
  values: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string | undefined>>,
): string {
  const fields = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  for (const [name, value] of Object.entries(variablesToSend(variables))) fields.push(`env.${name}=${value}`);
  return `${SHORT_FORM_START}${method}\0${fields.map(field => `${fromDisplay(field)}\0`).join('')}\0`;
}

/**
 * Reads a request from the bytes that have come so far.
 * @returns undefined if the end is still missing; a sentence if this is no request
 */
export function decodeRequest(bytes: string): ShortRequest | string | undefined {
  const start = SHORT_FORM_START;
  if (!(bytes.length < start.length ? start.startsWith(bytes) : bytes.startsWith(start)))
    return 'unknown form of request';
  const end = bytes.indexOf('\0\0');
  if (end < 0) return bytes.length > MOST_REQUEST_BYTES ? 'the request is too long' : undefined;
  if (end < start.length) return 'the request has no method';
  const [method = '', ...fields] = bytes.slice(start.length, end).split('\0');
  const values = new Map<string, string>();
  const variables: Record<string, string> = {};
  for (const field of fields) {
    const equals = field.indexOf('=');
    if (equals <= 0) return 'a field of the request has no name';
    const name = field.slice(0, equals);
    const value = toDisplay(field.slice(equals + 1));
    if (!name.startsWith('env.')) values.set(name, value);
    else if (SENT_VARIABLES.includes(name.slice(4))) variables[name.slice(4)] = value;
  }
  return { method, values, variables };
}

/** Returns an answer as a byte string. No field may be empty. */
export function encodeAnswer(kind: string, fields: readonly string[]): string {
  return [kind, ...fields, 'end', ''].map(field => `${field}\0`).join('');
}

const PROOF_START = 'proof=';

/** Returns an answer with the server's proof in front, see proof.ts. */
export function withProof(answer: string, proof: string): string {
  return `${PROOF_START}${proof}\0${answer}`;
}

/** Returns the proof in front of an answer, and the answer behind; undefined if there is none. */
export function splitProof(bytes: string): { readonly proof: string; readonly answer: string } | undefined {
  const end = bytes.indexOf('\0');
  if (end < 0 || !bytes.startsWith(PROOF_START)) return undefined;
  return { proof: bytes.slice(PROOF_START.length, end), answer: bytes.slice(end + 1) };
}

export interface ShortAnswer {
  readonly kind: string;
  readonly fields: readonly string[];
}

/** Reads a whole answer; undefined if it was cut off. */
export function decodeAnswer(bytes: string): ShortAnswer | undefined {
  const end = '\0end\0\0';
  if (!bytes.endsWith(end)) return undefined;
  const [kind = '', ...fields] = bytes.slice(0, -end.length).split('\0');
  return { kind, fields };
}
