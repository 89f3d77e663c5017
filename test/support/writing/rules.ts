// The rules of plain English that a program can check. CONTRIBUTING.md explains them.
import type { Prose } from './prose.ts';

export interface Problem {
  readonly line: number;
  readonly rule: string;
  readonly text: string;
}

export const MAX_WORDS = 25;
export const MAX_WIDTH = 120;

const BANNED_OPENING = /^["'(“]*(What|Whether|Of|Whoever|That|The same|As above)\b/;

/** Words and phrases, each with the better choice. */
const BANNED: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [/\b(?:is|are|was|were) to be\b/i, '"is to be": use "must" or the active voice'],
  [/\bthat there (?:is|are)\b/i, '"that there is": name the thing'],
  [/\bbut for\b/i, '"but for": use "except"'],
  [/\bnone of these\b/i, '"none of these": name them'],
  [/\bpersons?\b/i, '"person": use "user"'],
  [/\b(?:tell|tells|told|telling)\b/i, '"tell": use publish, notify, show or report'],
  [/\b(?:say|says|said|saying)\b/i, '"say": use report, show, state or name'],
  [/\b(?:look|looks|looked|looking) at\b/i, '"look at": use scan, rescan, read, stat or check'],
  [/\b(?:is|are|was|were|be|been) refused\b|\brefused repositor/i, '"refused": use "unsupported" or "rejected"'],
  [
    /\b(?:colour|behaviour|honour|favour|neighbour|grey|centre|catalogue|licence|whilst)\w*\b|\b\w+(?:alis|gnis|timis|mmaris|ganis|ronis|utralis|imis|analys)(?:e|es|ed|ing|ation)\b/i,
    'use US spelling',
  ],
];

/** Words that the pattern of British endings matches by accident. */
const US_WORDS = /\b(?:promise|promised|promises|promising|compromise[sd]?|premise[sd]?|realise)\b/gi;

/** Returns every broken rule, in the order of the lines. */
export function problemsOf(prose: Prose): Problem[] {
  const found: Problem[] = [];
  for (const { line, text } of prose.sentences) {
    const words = text.split(/\s+/).filter(word => /[\p{L}\p{N}]/u.test(word)).length;
    if (words > MAX_WORDS) found.push({ line, rule: `${words} words, at most ${MAX_WORDS}`, text });
    const opening = BANNED_OPENING.exec(text)?.[1];
    if (opening !== undefined && !text.endsWith('?')) found.push({ line, rule: `begins with "${opening}"`, text });
    const checked = text.replace(US_WORDS, '');
    for (const [pattern, rule] of BANNED) if (pattern.test(checked)) found.push({ line, rule, text });
  }
  for (const { line, text } of prose.lines) {
    if (text.length > MAX_WIDTH) found.push({ line, rule: `${text.length} columns, at most ${MAX_WIDTH}`, text });
  }
  return found.sort((a, b) => a.line - b.line);
}
