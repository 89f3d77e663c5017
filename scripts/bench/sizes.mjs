import { PlainError } from '../lib/processes.mjs';

/** Numbers of files from a list as in '10k,300k,1m'. */
export function parseSizes(list) {
  return list.split(',').map(text => {
    const match = /^(\d+)(k|m)?$/i.exec(text.trim());
    const factor = { k: 1000, m: 1_000_000 }[match?.[2]?.toLowerCase()] ?? 1;
    const size = match === null ? Number.NaN : Number(match[1]) * factor;
    if (!(size >= 1000 && size <= 2_000_000)) throw new PlainError(`--size ${text}: 1k to 2m files can be measured.`);
    return size;
  });
}
