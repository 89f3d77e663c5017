// Decodes Git's untracked cache (extension UNTR of an index), and compares its directories with the disk.
// docs/formats.md has the layout and the rules.
#include "listings.h"

#include <stdlib.h>
#include <string.h>

#define NONE 0xffffffffu
#define STAT_BYTES 36u
#define MAX_DEPTH 2048

static uint32_t u32(const uint8_t *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

typedef struct {
  const uint8_t *bytes;
  size_t length, at;
} reader_t;

// A number of 7 bits a byte; each further byte adds one before. 0 if there is none of 31 bits.
static int read_number(reader_t *reader, uint32_t *value) {
  uint64_t found = 0;
  for (int i = 0; i < 5; i++) {
    if (reader->at >= reader->length) return 0;
    const uint8_t next = reader->bytes[reader->at++];
    found = i == 0 ? next & 0x7f : (found + 1) << 7 | (next & 0x7f);
    if (next < 0x80) {
      *value = (uint32_t)found;
      return found <= 0x7fffffff;
    }
  }
  return 0;
}

static int skip(reader_t *reader, size_t count, uint32_t *from) {
  if (count > reader->length - reader->at) return 0;
  *from = (uint32_t)reader->at;
  reader->at += count;
  return 1;
}

static int skip_name(reader_t *reader, uint32_t *from) {
  const uint8_t *start = reader->bytes + reader->at;
  const uint8_t *nul = memchr(start, 0, reader->length - reader->at);
  return nul != NULL && skip(reader, (size_t)(nul - start) + 1, from);
}

static int add_directory(decoded_listings_t *out, uint32_t **words) {
  if (out->count == out->room) {
    const size_t room = out->room * 2 + 256;
    uint32_t *larger = realloc(out->directories, room * LISTING_WORDS * sizeof *larger);
    if (larger == NULL) return 0;
    out->directories = larger;
    out->room = room;
  }
  *words = out->directories + out->count++ * LISTING_WORDS;
  return 1;
}

// The directories above the next one, and how many below each are still to come.
typedef struct {
  uint32_t number[MAX_DEPTH];
  uint32_t to_come[MAX_DEPTH];
} way_t;

static int read_directories(reader_t *reader, uint32_t count, decoded_listings_t *out, way_t *way) {
  size_t depth = 0;
  for (uint32_t number = 0; number < count; number++) {
    uint32_t *words, names, below, ignored;
    if ((depth == 0) != (number == 0) || !add_directory(out, &words)) return 0;
    if (!read_number(reader, &names) || !read_number(reader, &below) || !skip_name(reader, &words[LISTING_NAME])) return 0;
    words[LISTING_PARENT] = depth == 0 ? NONE : way->number[depth - 1];
    words[LISTING_NAMES] = (uint32_t)reader->at;
    words[LISTING_COUNT] = names;
    words[LISTING_STAT] = words[LISTING_RULES] = NONE;
    for (uint32_t i = 0; i < names; i++) if (!skip_name(reader, &ignored)) return 0;
    if (depth > 0) way->to_come[depth - 1]--;
    if (depth == MAX_DEPTH) return 0;
    way->number[depth] = number;
    way->to_come[depth++] = below;
    for (; depth > 0 && way->to_come[depth - 1] == 0; depth--) {
      out->directories[(size_t)way->number[depth - 1] * LISTING_WORDS + LISTING_END] = number + 1;
    }
  }
  return depth == 0;
}

// Reads a bitmap of one bit a directory, as src/git/index/ewah.ts explains it: a byte a bit.
static int read_bits(reader_t *reader, size_t count, uint8_t *bits) {
  uint32_t from;
  if (!skip(reader, 8, &from)) return 0;
  const uint64_t words = u32(reader->bytes + from + 4);
  if (words * 8 + 4 > reader->length - reader->at || !skip(reader, (size_t)words * 8 + 4, &from)) return 0;
  memset(bits, 0, count);
  size_t position = 0;
  for (uint64_t word = 0; word < words;) {
    const uint8_t *at = reader->bytes + from + word++ * 8;
    const uint32_t high = u32(at), low = u32(at + 4);
    const uint64_t repeated = ((uint64_t)(high & 1) << 31 | low >> 1) * 64, literals = high >> 1;
    if (repeated > count + 64 - (position < count ? position : count)) return 0;
    for (uint64_t i = 0; (low & 1) && i < repeated && position + i < count; i++) bits[position + i] = 1;
    position += (size_t)repeated;
    if (literals > words - word) return 0;
    for (uint64_t i = 0; i < literals; i++, word++, position += 64) {
      const uint8_t *literal = reader->bytes + from + word * 8;
      for (size_t bit = 0; bit < 64; bit++) {
        if ((literal[7 - bit / 8] >> (bit % 8) & 1) == 0) continue;
        if (position + bit >= count) return 0;
        bits[position + bit] = 1;
      }
    }
    if (position > count + 64) return 0;
  }
  return 1;
}

// Stats of the directories whose names are known, then the names of their rule files' contents.
static int read_states(reader_t *reader, size_t hash_length, decoded_listings_t *out, uint8_t *bits) {
  const size_t count = out->count;
  uint8_t *valid = bits, *partial = bits + count, *ruled = bits + 2 * count;
  uint32_t at;
  if (!read_bits(reader, count, valid) || !read_bits(reader, count, partial) || !read_bits(reader, count, ruled)) return 0;
  for (size_t i = 0; i < count; i++) {
    if (!valid[i]) continue;
    if (!skip(reader, STAT_BYTES, &at)) return 0;
    // Git read some directories only until it met the first name that is not ignored.
    if (!partial[i]) out->directories[i * LISTING_WORDS + LISTING_STAT] = at;
  }
  for (size_t i = 0; i < count; i++) {
    if (ruled[i] && !skip(reader, hash_length, &out->directories[i * LISTING_WORDS + LISTING_RULES])) return 0;
  }
  return reader->at + 1 == reader->length && reader->bytes[reader->at] == 0;
}

// Finds the recorded directories. 0 if memory is short.
static int match(const uint8_t *bytes, const columns_t *columns, decoded_listings_t *out) {
  uint32_t *nodes = malloc(out->count * sizeof *nodes);
  if (nodes == NULL) return 0;
  for (size_t i = 0; i < columns->node_count; i++) out->of_node[i] = NONE;
  for (uint32_t number = 0; number < out->count; number++) {
    const uint32_t *words = out->directories + (size_t)number * LISTING_WORDS;
    nodes[number] = NONE;
    if (number == 0) {
      nodes[number] = 0;
    } else if (nodes[words[LISTING_PARENT]] != NONE) {
      const uint32_t above = nodes[words[LISTING_PARENT]];
      const char *name = (const char *)bytes + words[LISTING_NAME];
      nodes[number] = find_child(columns, columns->first_child[above], columns->child_count[above], name, strlen(name));
    }
    if (nodes[number] != NONE && columns->child_count[nodes[number]] > 0) out->of_node[nodes[number]] = number;
    else nodes[number] = NONE;
  }
  free(nodes);
  return 1;
}

static int read_all(reader_t *reader, size_t hash_length, const columns_t *columns, decoded_listings_t *out) {
  uint32_t at, count;
  if (!read_number(reader, &out->ident_length) || !skip(reader, out->ident_length, &out->ident)) return 0;
  if (!skip(reader, STAT_BYTES, &at) || !skip(reader, STAT_BYTES, &at) || !skip(reader, 4, &at)) return 0;
  out->flags = u32(reader->bytes + at);
  if (!skip(reader, hash_length, &out->exclude) || !skip(reader, hash_length, &out->excludes_file)) return 0;
  if (!skip_name(reader, &out->rule_name) || !read_number(reader, &count) || count == 0) return 0;
  way_t *way = malloc(sizeof *way);
  int ok = way != NULL && read_directories(reader, count, out, way);
  free(way);
  uint8_t *bits = ok ? malloc(3 * out->count) : NULL;
  ok = bits != NULL && read_states(reader, hash_length, out, bits) && match(reader->bytes, columns, out);
  free(bits);
  return ok;
}

int decode_listings(const uint8_t *bytes, size_t length, size_t hash_length, const columns_t *columns, decoded_listings_t *out) {
  reader_t reader = {.bytes = bytes, .length = length};
  if (length >= 0x7fffffff || columns->node_count == 0) return 0;
  for (size_t i = 0; i < columns->node_count; i++) {
    const uint32_t first = columns->first_child[i];
    if (first > columns->node_count || columns->child_count[i] > columns->node_count - first) return 0;
  }
  return read_all(&reader, hash_length, columns, out);
}

static const uint32_t *words_of(const listings_t *listings, uint32_t number) {
  return listings->directories + (size_t)number * LISTING_WORDS;
}

uint32_t listing_of(const listings_t *listings, uint32_t node) {
  const uint32_t number = listings->of_node[node];
  return number < listings->count && listings->trusted[number] ? number : NONE;
}

int had_rules(const listings_t *listings, uint32_t number) { return words_of(listings, number)[LISTING_RULES] != NONE; }

static int is_time(const uint8_t *recorded, const struct timespec *time) {
  return u32(recorded) == (uint32_t)(uint64_t)time->tv_sec && u32(recorded + 4) == (uint32_t)time->tv_nsec;
}

int has_same_names(const listings_t *listings, uint32_t number, const struct stat *stat) {
  const uint32_t place = words_of(listings, number)[LISTING_STAT];
  if (place == NONE || listings->length < STAT_BYTES || place > listings->length - STAT_BYTES) return 0;
  const uint8_t *recorded = listings->bytes + place;
#ifdef __APPLE__
  const struct timespec time = stat->st_mtimespec, change = stat->st_ctimespec;
#else
  const struct timespec time = stat->st_mtim, change = stat->st_ctim;
#endif
  // A change in or after the second in which the index was written may have kept the times.
  if (u32(recorded) >= listings->written_at || u32(recorded + 8) >= listings->written_at) return 0;
  return S_ISDIR(stat->st_mode) && is_time(recorded, &change) && is_time(recorded + 8, &time) &&
         u32(recorded + 20) == (uint32_t)stat->st_ino && u32(recorded + 24) == stat->st_uid &&
         u32(recorded + 28) == stat->st_gid && u32(recorded + 32) == (uint32_t)(uint64_t)stat->st_size;
}

// The name at a place of the bytes; 0 if it has no end.
static int name_at(const listings_t *listings, size_t at, const char **name, size_t *length) {
  if (at >= listings->length) return 0;
  const uint8_t *nul = memchr(listings->bytes + at, 0, listings->length - at);
  if (nul == NULL) return 0;
  *name = (const char *)listings->bytes + at;
  *length = (size_t)(nul - listings->bytes) - at;
  return 1;
}

int list_names(const listings_t *listings, uint32_t number, met_t met, void *context) {
  const uint32_t *words = words_of(listings, number);
  const char *name;
  size_t at = words[LISTING_NAMES], length;
  for (uint32_t i = 0; i < words[LISTING_COUNT]; i++, at += length + 1) {
    if (!name_at(listings, at, &name, &length) || length == 0) return 0;
    const int is_directory = name[length - 1] == '/';
    if (!met(context, name, length - (size_t)is_directory, is_directory)) return 0;
  }
  for (uint32_t below = number + 1; below < words[LISTING_END];) {
    if (below >= listings->count || !name_at(listings, words_of(listings, below)[LISTING_NAME], &name, &length)) return 0;
    if (!met(context, name, length, 1) || words_of(listings, below)[LISTING_END] <= below) return 0;
    below = words_of(listings, below)[LISTING_END];
  }
  return 1;
}
