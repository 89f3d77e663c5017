// Numbers that look random and are the same each time.

/** A generator of numbers, the same ones for the same seed. */
export function randomSource(seed) {
  let state = seed >>> 0;
  /** From 0 to 1, 1 excluded. */
  const next = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
  /** A whole number from `low` to `high`, both included. */
  const whole = (low, high) => low + Math.floor(next() * (high - low + 1));
  const pick = list => list[Math.floor(next() * list.length)];
  /** `count` different items, in the order in which they were drawn. */
  const sample = (list, count) => {
    const chosen = new Set();
    while (chosen.size < Math.min(count, list.length)) chosen.add(Math.floor(next() * list.length));
    return [...chosen].map(index => list[index]);
  };
  return { next, whole, pick, sample };
}
