// Shared by both versions: names, their order, and the flags of a node.
#ifndef QUICKSILVER_DECODE_COMMON_H
#define QUICKSILVER_DECODE_COMMON_H

#include "decode.h"

#include <stdlib.h>
#include <string.h>

enum {
  WDIR_TRACKED = 0x0001,
  P1_TRACKED = 0x0002,
  P2_INFO = 0x0004,
  MODE_EXEC_PERM = 0x0008,
  MODE_IS_SYMLINK = 0x0010,
  HAS_MODE_AND_SIZE = 0x0400,
  HAS_MTIME = 0x0800,
  ENTRY_MASK = WDIR_TRACKED | P1_TRACKED | P2_INFO,
};

#define MAX_PATH_LENGTH 0xffffu
// More bytes than this are decoded by nobody; so that places in them are numbers of 32 bits.
#define MAX_BYTES 0x7fffffffu

// The limits of src/mercurial/dirstate/treeLimits.ts, which explains them.
#define MAX_DEPTH 2048u
static inline uint64_t most_entries(size_t bytes) { return 0x40000 + (uint64_t)bytes / 64; }
static inline uint64_t most_directories(size_t bytes) { return 0x10000 + (uint64_t)bytes / 64; }
static inline uint64_t most_path_bytes(size_t bytes) { return 0x1000000 + (uint64_t)bytes * 4; }

static inline uint32_t u32(const uint8_t *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static inline void finish_table(table_t *table, size_t node_count) {
  size_t entries = 0;
  for (size_t node = 0; node < node_count; node++) entries += (table->flags[node] & ENTRY_MASK) != 0;
  table->node_count = node_count;
  table->entry_count = entries;
}

// True if a name can be a component of a tracked file's path: see checkComponent().
static inline int is_component(const uint8_t *name, size_t length, int at_root, int windows) {
  if (length == 0 || memchr(name, '/', length) != NULL || memchr(name, 0, length) != NULL) return 0;
  if (name[0] == '.') {
    if (length == 1 || (length == 2 && name[1] == '.')) return 0;
    if (at_root && length == 3 && name[1] == 'h' && name[2] == 'g') return 0;
  }
  return !windows || (memchr(name, '\\', length) == NULL && memchr(name, ':', length) == NULL);
}

static inline int compare(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length) {
  int order = memcmp(a, b, a_length < b_length ? a_length : b_length);
  return order != 0 ? order : (a_length > b_length) - (a_length < b_length);
}

// A name to sort; `index` is the position of its node.
typedef struct {
  const uint8_t *name;
  uint32_t length;
  uint32_t index;
} named_t;

static inline int compare_named(const named_t *a, const named_t *b) {
  return compare(a->name, a->length, b->name, b->length);
}

// Puts names in order, equal ones as they come. `other` has room for as many.
static inline void sort_named(named_t *items, named_t *other, size_t count) {
  named_t *from = items, *to = other;
  for (size_t width = 1; width < count; width *= 2) {
    for (size_t start = 0; start < count; start += 2 * width) {
      size_t middle = count - start > width ? start + width : count;
      size_t end = count - middle > width ? middle + width : count;
      size_t a = start, b = middle, out = start;
      while (a < middle && b < end) to[out++] = compare_named(&from[b], &from[a]) < 0 ? from[b++] : from[a++];
      while (a < middle) to[out++] = from[a++];
      while (b < end) to[out++] = from[b++];
    }
    named_t *swap = from;
    from = to;
    to = swap;
  }
  if (from != items && count > 0) memcpy(items, from, count * sizeof *items);
}

// Gives a list twice the room. 0 if there is not enough memory; then it is as it was.
static inline int enlarge(void **items, size_t *room, size_t size) {
  size_t more = *room ? *room * 2 : 1024;
  void *larger = realloc(*items, more * size);
  if (larger == NULL) return 0;
  *items = larger;
  *room = more;
  return 1;
}

#endif
