// Takes the plain rows of a Bazaar dirstate, which are nearly all of them. decodeDirstate.ts takes all other rows. It
// has the same rules, and their reasons. Every offset is checked before it is used.
#include "decode_bazaar.h"

#include <string.h>

enum {
  TRACKED = 0x0002,
  EXECUTABLE = 0x0004,
  SYMLINK = 0x0008,
  LIVE = 0x0010,
  DIRECTORY = 0x0020,
  PAIRED = 0x0800,
};

enum { FIELDS = 5, PACKED_BYTES = 32, MAX_PATH_LENGTH = 0xffff, MAX_DEPTH = 2048, MOST_DIGITS = 15 };

// A row: where its fields end, each at its NUL.
typedef struct {
  uint32_t start;
  uint32_t directory_end;
  uint32_t name_end;
  uint32_t working;
  uint32_t working_ends[FIELDS];
  uint32_t base;
  uint32_t base_ends[FIELDS];
  uint32_t next;
} row_t;

// The decoded packed stat.
typedef struct {
  uint32_t size, mtime, ctime, device, inode;
} stat_t;

static int field(const uint8_t *bytes, size_t length, uint32_t *at, uint32_t *end) {
  if (*at >= length) return 0;
  const uint8_t *found = memchr(bytes + *at, 0, length - *at);
  if (found == NULL) return 0;
  *end = (uint32_t)(found - bytes);
  *at = *end + 1;
  return 1;
}

static int read_row(const uint8_t *bytes, size_t length, const bazaar_state_t *state, row_t *row) {
  uint32_t at = state->at, end;
  row->start = at;
  if (!field(bytes, length, &at, &row->directory_end) || !field(bytes, length, &at, &row->name_end)) return 0;
  if (!field(bytes, length, &at, &end)) return 0;
  row->working = at;
  for (int i = 0; i < FIELDS; i++) {
    if (!field(bytes, length, &at, &row->working_ends[i])) return 0;
  }
  row->base = at;
  for (int i = 0; i < FIELDS; i++) {
    if (!field(bytes, length, &at, &row->base_ends[i])) return 0;
  }
  for (uint64_t i = (uint64_t)FIELDS * (state->trees - 2); i > 0; i--) {
    if (!field(bytes, length, &at, &end)) return 0;
  }
  row->next = at + 2;
  return length - at >= 2 && bytes[at] == '\n' && bytes[at + 1] == 0;
}

// The kind of a tree's fields; 0 for what is no kind.
static int kind_at(const uint8_t *bytes, uint32_t at, uint32_t end) {
  return end == at + 1 && memchr("fdltar", bytes[at], 6) != NULL ? bytes[at] : 0;
}

static int is_name(const uint8_t *name, size_t length) {
  if (length == 0 || (name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.')))) return 0;
  return memchr(name, '/', length) == NULL;
}

static int compare(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length) {
  const int order = memcmp(a, b, a_length < b_length ? a_length : b_length);
  return order != 0 ? order : (a_length > b_length) - (a_length < b_length);
}

static int compare_with_node(const uint8_t *bytes, const bazaar_columns_t *columns, uint32_t node, const uint8_t *name,
                             size_t length) {
  const uint32_t start = columns->base_start[node];
  return compare(bytes + columns->path_offset[node] + start, columns->path_length[node] - start, name, length);
}

// Returns the node of a path; 0 if there is none, if it is too deep, or for the root.
static uint32_t find(const uint8_t *bytes, const bazaar_columns_t *columns, const uint8_t *path, size_t length) {
  uint32_t node = 0;
  int depth = 0;
  if (length == 0) return 0;
  for (size_t at = 0; at <= length;) {
    if (++depth > MAX_DEPTH) return 0;
    const uint8_t *slash = at < length ? memchr(path + at, '/', length - at) : NULL;
    const size_t end = slash == NULL ? length : (size_t)(slash - path);
    uint32_t low = columns->first_child[node], high = low + columns->child_count[node];
    for (;;) {
      if (low >= high) return 0;
      const uint32_t middle = low + (high - low) / 2;
      const int order = compare_with_node(bytes, columns, middle, path + at, end - at);
      if (order == 0) {
        node = middle;
        break;
      }
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    at = end + 1;
  }
  return node;
}

// Makes the directory of a row the one at hand. Returns 0 if it cannot be.
static int enter_block(const uint8_t *bytes, const bazaar_columns_t *columns, bazaar_state_t *state, const row_t *row) {
  const uint32_t length = row->directory_end - row->start;
  if (length == state->block_length && memcmp(bytes + row->start, bytes + state->block_offset, length) == 0) return 1;
  const uint32_t node = find(bytes, columns, bytes + row->start, length);
  if ((node == 0) != (length == 0) || columns->child_count[node] != 0) return 0;
  state->block_offset = row->start;
  state->block_length = length;
  state->parent = node;
  state->has_same_parent = (columns->flags[node] & PAIRED) != 0;
  columns->first_child[node] = state->node + 1;
  return 1;
}

static int digit(uint8_t c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static int unpack_stat(const uint8_t *packed, size_t length, stat_t *stat) {
  uint8_t raw[PACKED_BYTES / 4 * 3];
  int is_none = 1;
  if (length != PACKED_BYTES) return 0;
  for (size_t i = 0, out = 0; i < PACKED_BYTES; i += 4, out += 3) {
    const int a = digit(packed[i]), b = digit(packed[i + 1]), c = digit(packed[i + 2]), d = digit(packed[i + 3]);
    if ((a | b | c | d) < 0) return 0;
    for (int j = 0; j < 4; j++) is_none &= packed[i + j] == 'x';
    const uint32_t bits = (uint32_t)a << 18 | (uint32_t)b << 12 | (uint32_t)c << 6 | (uint32_t)d;
    raw[out] = (uint8_t)(bits >> 16);
    raw[out + 1] = (uint8_t)(bits >> 8);
    raw[out + 2] = (uint8_t)bits;
  }
  if (is_none) return 0;
  uint32_t words[FIELDS];
  for (int i = 0; i < FIELDS; i++) {
    const uint8_t *at = raw + 4 * i;
    words[i] = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
  }
  *stat = (stat_t){words[0], words[1], words[2], words[3], words[4]};
  return 1;
}

// A decimal number, modulo 2^32. Returns 0 if it is none, or has more digits than JavaScript computes exactly.
static int number(const uint8_t *at, size_t length, uint32_t *value) {
  uint64_t found = 0;
  if (length > MOST_DIGITS) return 0;
  for (size_t i = 0; i < length; i++) {
    if (at[i] < '0' || at[i] > '9') return 0;
    found = found * 10 + (at[i] - '0');
  }
  *value = (uint32_t)found;
  return 1;
}

// Sets the columns about the content of a file or link.
static int set_stat(const uint8_t *bytes, const bazaar_columns_t *columns, uint32_t node, const row_t *row,
                    uint32_t device, int is_file) {
  const uint32_t *own = row->working_ends, *theirs = row->base_ends;
  const uint32_t print = row->working + 2, print_length = own[1] - print;
  uint32_t recorded_size;
  stat_t stat;
  if (!number(bytes + own[1] + 1, own[2] - own[1] - 1, &recorded_size)) return 0;
  if (is_file && bytes[theirs[2] + 1] == 'y') columns->flags[node] |= EXECUTABLE;
  const int is_same =
      print_length == theirs[1] - (row->base + 2) && memcmp(bytes + print, bytes + row->base + 2, print_length) == 0;
  const int has_stat = unpack_stat(bytes + own[3] + 1, own[4] - own[3] - 1, &stat);
  if (has_stat) {
    columns->size[node] = stat.size;
    columns->seconds[node] = stat.mtime;
    columns->ctime[node] = stat.ctime;
    columns->inode[node] = stat.inode;
  }
  const int is_proof = has_stat && is_same && print_length > 0 && stat.device == device &&
                       (!is_file || recorded_size == stat.size);
  columns->doubtful[node] = !is_proof;
  return 1;
}

// Returns 0 if the row is not plain.
static int take_row(uint8_t *bytes, const bazaar_columns_t *columns, bazaar_state_t *state, const row_t *row) {
  const int kind = kind_at(bytes, row->working, row->working_ends[0]);
  const int base_kind = kind_at(bytes, row->base, row->base_ends[0]);
  const int is_top = row->directory_end == row->start;
  const uint32_t offset = is_top ? row->start + 1 : row->start;
  const uint32_t length = row->name_end - offset;
  const uint32_t name = row->directory_end + 1, name_length = row->name_end - name;
  if (length == 0 || length > MAX_PATH_LENGTH) return 0;
  // Only in other parents.
  if ((kind == 'a' || kind == 'r') && (base_kind == 'a' || base_kind == 'r')) return 1;
  if (kind != base_kind || (kind != 'f' && kind != 'd' && kind != 'l')) return 0;
  if (!is_name(bytes + name, name_length) || !enter_block(bytes, columns, state, row)) return 0;
  if (!state->has_same_parent || state->node + 1 >= columns->capacity) return 0;
  const uint32_t parent = state->parent, node = state->node + 1;
  if (columns->child_count[parent] != 0 &&
      compare_with_node(bytes, columns, state->node, bytes + name, name_length) >= 0) {
    return 0;
  }
  columns->flags[node] =
      LIVE | PAIRED | (kind == 'd' ? DIRECTORY : kind == 'l' ? TRACKED | SYMLINK : TRACKED);
  if (kind != 'd' && !set_stat(bytes, columns, node, row, state->device, kind == 'f')) {
    columns->flags[node] = 0;
    return 0;
  }
  columns->path_offset[node] = offset;
  columns->path_length[node] = (uint16_t)length;
  columns->base_start[node] = (uint16_t)(name - offset);
  columns->child_count[parent]++;
  columns->working[node] = row->working;
  columns->base[node] = row->base;
  if (!is_top) bytes[row->directory_end] = '/';
  state->node = node;
  return 1;
}

void take_plain_rows(uint8_t *bytes, size_t length, const bazaar_columns_t *columns, bazaar_state_t *state) {
  row_t row;
  if (state->trees < 2 || state->node >= columns->capacity) return;
  while (state->rows_left > 0 && read_row(bytes, length, state, &row) && take_row(bytes, columns, state, &row)) {
    state->at = row.next;
    state->rows_left--;
  }
}
