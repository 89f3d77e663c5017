// Inflates zlib data: RFC 1950 (the frame) and RFC 1951 (the blocks). Node's zlib makes a stream with its own window
// for each call, which costs more than a small object. The caller gives rejected data to zlib, which reports why. So
// this code accepts nothing that zlib rejects: codes must be complete, and the checksum must fit.
#include "inflate.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_BITS = 15, LITERALS = 288, DISTANCES = 32, CODE_LENGTHS = 19, END_OF_BLOCK = 256 };
// Bits by which a symbol is looked up at once; longer codes are searched by their lengths.
enum { FAST_BITS = 10, FAST_SIZE = 1 << FAST_BITS };

typedef struct {
  // For each beginning of a code: the symbol * 16 + its length; 0 for longer codes.
  uint16_t fast[FAST_SIZE];
  // Symbols by the order of their codes, and how many codes there are of each length.
  uint16_t symbols[LITERALS];
  uint16_t counts[MAX_BITS + 1];
} code_t;

typedef struct {
  const uint8_t *next, *end;
  uint64_t bits;
  unsigned count;
  uint8_t *out;
  size_t used, room, limit;
  code_t literals, distances;
} state_t;

static const uint16_t LENGTH_BASE[29] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                         31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
static const uint8_t LENGTH_EXTRA[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
static const uint16_t DISTANCE_BASE[30] = {1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
                                           193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
static const uint8_t DISTANCE_EXTRA[30] = {0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13};

static void refill(state_t *state) {
  while (state->count <= 56 && state->next < state->end) {
    state->bits |= (uint64_t)*state->next++ << state->count;
    state->count += 8;
  }
}

// Takes up to 16 bits. 0 if there are not so many.
static int take(state_t *state, unsigned count, uint32_t *value) {
  if (state->count < count) refill(state);
  if (state->count < count) return 0;
  *value = (uint32_t)(state->bits & (((uint64_t)1 << count) - 1));
  state->bits >>= count;
  state->count -= count;
  return 1;
}

static unsigned reversed(unsigned code, unsigned length) {
  unsigned result = 0;
  for (; length > 0; length--, code >>= 1) result = result << 1 | (code & 1);
  return result;
}

// Makes a code from the lengths of its symbols. 0 if there are too many codes, or too few: only a code of distances may
// have a single symbol, of one bit, or none.
static int make_code(code_t *code, const uint8_t *lengths, unsigned count, int may_be_incomplete) {
  uint16_t offsets[MAX_BITS + 2], next[MAX_BITS + 2];
  memset(code->counts, 0, sizeof code->counts);
  for (unsigned symbol = 0; symbol < count; symbol++) code->counts[lengths[symbol]]++;
  const unsigned used = count - code->counts[0];
  code->counts[0] = 0;
  long left = 1;
  unsigned first = 0;
  offsets[1] = 0;
  for (unsigned length = 1; length <= MAX_BITS; length++) {
    left = left * 2 - code->counts[length];
    if (left < 0) return 0;
    next[length] = (uint16_t)first;
    first = (first + code->counts[length]) << 1;
    offsets[length + 1] = (uint16_t)(offsets[length] + code->counts[length]);
  }
  if (left > 0 && !(may_be_incomplete && (used == 0 || (used == 1 && code->counts[1] == 1)))) return 0;
  memset(code->fast, 0, sizeof code->fast);
  for (unsigned symbol = 0; symbol < count; symbol++) {
    const unsigned length = lengths[symbol];
    if (length == 0) continue;
    code->symbols[offsets[length]++] = (uint16_t)symbol;
    const unsigned value = next[length]++;
    if (length > FAST_BITS) continue;
    for (unsigned at = reversed(value, length); at < FAST_SIZE; at += 1u << length) code->fast[at] = (uint16_t)(symbol << 4 | length);
  }
  return 1;
}

// The next symbol; -1 if there is none.
static int take_symbol(state_t *state, const code_t *code) {
  if (state->count < MAX_BITS) refill(state);
  const uint16_t fast = code->fast[state->bits & (FAST_SIZE - 1)];
  if (fast != 0) {
    const unsigned length = fast & 15;
    if (length > state->count) return -1;
    state->bits >>= length;
    state->count -= length;
    return fast >> 4;
  }
  long value = 0, first = 0, index = 0;
  for (unsigned length = 1; length <= MAX_BITS; length++) {
    if (length > state->count) return -1;
    value |= (long)(state->bits >> (length - 1) & 1);
    const long count = code->counts[length];
    if (value - count < first) {
      state->bits >>= length;
      state->count -= length;
      return code->symbols[index + (value - first)];
    }
    index += count;
    first = (first + count) << 1;
    value <<= 1;
  }
  return -1;
}

static int make_room(state_t *state, size_t more) {
  if (more > state->limit - state->used) return 0;
  const size_t needed = state->used + more;
  if (needed <= state->room) return 1;
  size_t room = state->room * 2 > needed ? state->room * 2 : needed + 1024;
  if (room > state->limit) room = state->limit;
  uint8_t *larger = realloc(state->out, room);
  if (larger == NULL) return 0;
  state->out = larger;
  state->room = room;
  return 1;
}

static int stored_block(state_t *state) {
  uint32_t length, check;
  const unsigned rest = state->count & 7;
  state->bits >>= rest;
  state->count -= rest;
  if (!take(state, 16, &length) || !take(state, 16, &check) || (length ^ 0xffff) != check || !make_room(state, length)) return 0;
  for (; length > 0 && state->count > 0; length--) {
    state->out[state->used++] = (uint8_t)state->bits;
    state->bits >>= 8;
    state->count -= 8;
  }
  if (length > (size_t)(state->end - state->next)) return 0;
  if (length > 0) memcpy(state->out + state->used, state->next, length);
  state->used += length;
  state->next += length;
  return 1;
}

static int fixed_codes(state_t *state) {
  uint8_t lengths[LITERALS];
  memset(lengths, 8, 144);
  memset(lengths + 144, 9, 112);
  memset(lengths + 256, 7, 24);
  memset(lengths + 280, 8, 8);
  if (!make_code(&state->literals, lengths, LITERALS, 0)) return 0;
  memset(lengths, 5, DISTANCES);
  return make_code(&state->distances, lengths, DISTANCES, 0);
}

static int dynamic_codes(state_t *state) {
  static const uint8_t ORDER[CODE_LENGTHS] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
  uint8_t lengths[LITERALS + DISTANCES];
  uint32_t literals, distances, codes, value;
  if (!take(state, 5, &literals) || !take(state, 5, &distances) || !take(state, 4, &codes)) return 0;
  literals += 257;
  distances += 1;
  codes += 4;
  if (literals > 286 || distances > 30) return 0;
  memset(lengths, 0, CODE_LENGTHS);
  for (uint32_t i = 0; i < codes; i++) {
    if (!take(state, 3, &value)) return 0;
    lengths[ORDER[i]] = (uint8_t)value;
  }
  if (!make_code(&state->literals, lengths, CODE_LENGTHS, 0)) return 0;
  for (uint32_t done = 0; done < literals + distances;) {
    const int symbol = take_symbol(state, &state->literals);
    if (symbol < 0) return 0;
    if (symbol < 16) {
      lengths[done++] = (uint8_t)symbol;
      continue;
    }
    const uint8_t repeated = symbol == 16 ? (done == 0 ? 0xff : lengths[done - 1]) : 0;
    if (repeated == 0xff || !take(state, symbol == 16 ? 2 : symbol == 17 ? 3 : 7, &value)) return 0;
    value += symbol == 18 ? 11 : 3;
    if (value > literals + distances - done) return 0;
    memset(lengths + done, repeated, value);
    done += value;
  }
  if (lengths[END_OF_BLOCK] == 0) return 0;
  return make_code(&state->literals, lengths, literals, 0) && make_code(&state->distances, lengths + literals, distances, 1);
}

static int coded_block(state_t *state) {
  for (;;) {
    int symbol = take_symbol(state, &state->literals);
    if (symbol < 0) return 0;
    if (symbol == END_OF_BLOCK) return 1;
    if (symbol < END_OF_BLOCK) {
      if (state->used == state->room && !make_room(state, 1)) return 0;
      state->out[state->used++] = (uint8_t)symbol;
      continue;
    }
    symbol -= END_OF_BLOCK + 1;
    uint32_t extra;
    if (symbol >= 29 || !take(state, LENGTH_EXTRA[symbol], &extra)) return 0;
    const size_t length = LENGTH_BASE[symbol] + extra;
    symbol = take_symbol(state, &state->distances);
    if (symbol < 0 || symbol >= 30 || !take(state, DISTANCE_EXTRA[symbol], &extra)) return 0;
    const size_t distance = DISTANCE_BASE[symbol] + extra;
    if (distance > state->used || !make_room(state, length)) return 0;
    uint8_t *to = state->out + state->used;
    // The copy may read what it writes.
    for (size_t i = 0; i < length; i++) to[i] = to[i - distance];
    state->used += length;
  }
}

static uint32_t adler32(const uint8_t *bytes, size_t length) {
  uint32_t a = 1, b = 0;
  while (length > 0) {
    // As many as sums of 32 bits can hold.
    size_t part = length < 5552 ? length : 5552;
    length -= part;
    for (; part > 0; part--) {
      a += *bytes++;
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return b << 16 | a;
}

static int run(state_t *state) {
  uint32_t frame, flags, last, kind, check = 0, byte;
  if (!take(state, 8, &frame) || !take(state, 8, &flags)) return 0;
  // Method 8, a window of 32 KB at most, no preset dictionary.
  if ((frame & 15) != 8 || frame >> 4 > 7 || (frame << 8 | flags) % 31 != 0 || (flags & 0x20)) return 0;
  do {
    if (!take(state, 1, &last) || !take(state, 2, &kind)) return 0;
    int ok = 0;
    if (kind == 0) ok = stored_block(state);
    else if (kind == 1) ok = fixed_codes(state) && coded_block(state);
    else if (kind == 2) ok = dynamic_codes(state) && coded_block(state);
    if (!ok) return 0;
  } while (!last);
  const unsigned rest = state->count & 7;
  state->bits >>= rest;
  state->count -= rest;
  for (int i = 0; i < 4; i++) {
    if (!take(state, 8, &byte)) return 0;
    check = check << 8 | byte;
  }
  return check == adler32(state->out, state->used);
}

int inflate_zlib(const uint8_t *bytes, size_t length, size_t limit, uint8_t **out, size_t *out_length) {
  state_t *state = calloc(1, sizeof *state);
  if (state == NULL) return 0;
  state->next = bytes;
  state->end = bytes + length;
  state->limit = limit;
  const int ok = make_room(state, limit < 4 * length ? limit : 4 * length) && run(state);
  if (ok) {
    *out = state->out;
    *out_length = state->used;
  } else {
    free(state->out);
  }
  free(state);
  return ok;
}
