// Decodes the dirstate in both versions: what src/mercurial/dirstate/decodeV1.ts and decodeV2.ts do, with the same columns
// as the result. Those say why; here is only how. Of bytes that they would refuse nothing is said but that: they are asked
// then, and tell what is wrong. Every offset is checked before it is used.
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
#define LOW_31_BITS 0x7fffffffu
#define V1_HEADER 40
#define V1_ENTRY 17
#define V2_NODE 44
// More bytes than this are decoded by nobody; so that places in them are numbers of 32 bits.
#define MAX_BYTES 0x7fffffffu

static uint32_t u16(const uint8_t *at) { return (uint32_t)at[0] << 8 | at[1]; }

static uint32_t u32(const uint8_t *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void *at_least_one(size_t count, size_t size) { return calloc(count ? count : 1, size); }

// Columns of zeros. The wider ones come first, so that each is aligned.
static int allocate_table(table_t *table, size_t count, int with_source) {
  memset(table, 0, sizeof *table);
  uint8_t *block = at_least_one(count, 8 * sizeof(uint32_t) + 4 * sizeof(uint16_t));
  if (block == NULL) return 0;
  table->block = block;
  uint32_t **wide[] = {&table->path_offset, &table->first_child, &table->child_count, &table->size,
                       &table->seconds,     &table->nanoseconds, &table->copy_offset};
  uint16_t **narrow[] = {&table->path_length, &table->base_start, &table->flags, &table->copy_length};
  for (size_t i = 0; i < sizeof wide / sizeof *wide; i++, block += count * sizeof(uint32_t)) *wide[i] = (uint32_t *)block;
  table->source_offset = with_source ? (uint32_t *)block : NULL;
  block += count * sizeof(uint32_t);
  for (size_t i = 0; i < sizeof narrow / sizeof *narrow; i++, block += count * sizeof(uint16_t)) {
    *narrow[i] = (uint16_t *)block;
  }
  return 1;
}

void free_table(table_t *table) {
  free(table->block);
  table->block = NULL;
}

static void finish_table(table_t *table, size_t node_count) {
  size_t entries = 0;
  for (size_t node = 0; node < node_count; node++) entries += (table->flags[node] & ENTRY_MASK) != 0;
  table->node_count = node_count;
  table->entry_count = entries;
}

// Whether a name can be a component of a tracked file's path: see checkComponent().
static int is_component(const uint8_t *name, size_t length, int at_root, int windows) {
  if (length == 0 || memchr(name, '/', length) != NULL || memchr(name, 0, length) != NULL) return 0;
  if (name[0] == '.') {
    if (length == 1 || (length == 2 && name[1] == '.')) return 0;
    if (at_root && length == 3 && name[1] == 'h' && name[2] == 'g') return 0;
  }
  return !windows || (memchr(name, '\\', length) == NULL && memchr(name, ':', length) == NULL);
}

static int compare(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length) {
  int order = memcmp(a, b, a_length < b_length ? a_length : b_length);
  return order != 0 ? order : (a_length > b_length) - (a_length < b_length);
}

// A name of which the order among others is asked: `index` says whose it is.
typedef struct {
  const uint8_t *name;
  uint32_t length;
  uint32_t index;
} named_t;

static int compare_named(const named_t *a, const named_t *b) { return compare(a->name, a->length, b->name, b->length); }

// Puts names in order, equal ones as they come. `other` has room for as many.
static void sort_named(named_t *items, named_t *other, size_t count) {
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

static int is_sorted(const named_t *items, size_t count) {
  for (size_t i = 1; i < count; i++) {
    if (compare_named(&items[i - 1], &items[i]) > 0) return 0;
  }
  return 1;
}

// ---- Version 1 ----

typedef struct {
  uint32_t at;
  uint32_t directory;
  uint16_t path_length;
  uint16_t base_start;
} entry_t;

// Its path is the beginning of the path of the file that it was first seen in.
typedef struct {
  uint32_t parent;
  uint32_t path_offset;
  uint32_t hash;
  uint16_t path_length;
  uint16_t base_start;
} directory_t;

typedef struct {
  const uint8_t *bytes;
  size_t length;
  int windows;
  secret_t secret;
  entry_t *entries;
  size_t entry_count, entry_room;
  // In the order in which they were first seen; 0 is the root.
  directory_t *directories;
  size_t directory_count, directory_room;
  // Their numbers by hash; 0 is a free place. The number of places is a power of two.
  uint32_t *slots;
  size_t slot_count;
} v1_t;

static int enlarge(void **items, size_t *room, size_t size) {
  size_t more = *room ? *room * 2 : 1024;
  void *larger = realloc(*items, more * size);
  if (larger == NULL) return 0;
  *items = larger;
  *room = more;
  return 1;
}

static size_t slot_of(uint32_t hash, size_t slot_count) { return (hash ^ hash >> 13) & (slot_count - 1); }

static int rehash(v1_t *v1) {
  size_t count = v1->slot_count ? v1->slot_count * 2 : 2048;
  uint32_t *slots = calloc(count, sizeof *slots);
  if (slots == NULL) return 0;
  for (size_t directory = 1; directory < v1->directory_count; directory++) {
    size_t slot = slot_of(v1->directories[directory].hash, count);
    while (slots[slot] != 0) slot = (slot + 1) & (count - 1);
    slots[slot] = (uint32_t)directory;
  }
  free(v1->slots);
  v1->slots = slots;
  v1->slot_count = count;
  return 1;
}

// The number of the directory in `parent` whose path is the `end` bytes at `offset`, its own name from `start` on; 0 if
// there is no memory for it.
static uint32_t find_directory(v1_t *v1, uint32_t parent, uint32_t offset, uint32_t start, uint32_t end) {
  const uint8_t *name = v1->bytes + offset + start;
  const size_t length = end - start;
  uint32_t hash = (parent ^ v1->secret.seed) * v1->secret.multiplier;
  for (size_t i = 0; i < length; i++) {
    hash = (hash ^ name[i]) * v1->secret.multiplier;
    hash ^= hash >> 15;
  }
  size_t slot = slot_of(hash, v1->slot_count);
  for (uint32_t found; (found = v1->slots[slot]) != 0; slot = (slot + 1) & (v1->slot_count - 1)) {
    const directory_t *known = &v1->directories[found];
    if (known->hash != hash || known->parent != parent || known->path_length != end) continue;
    if (memcmp(v1->bytes + known->path_offset + start, name, length) == 0) return found;
  }
  if (v1->directory_count == v1->directory_room &&
      !enlarge((void **)&v1->directories, &v1->directory_room, sizeof *v1->directories)) {
    return 0;
  }
  uint32_t number = (uint32_t)v1->directory_count++;
  v1->directories[number] = (directory_t){.parent = parent,
                                          .path_offset = offset,
                                          .hash = hash,
                                          .path_length = (uint16_t)end,
                                          .base_start = (uint16_t)start};
  v1->slots[slot] = number;
  if (v1->directory_count * 2 > v1->slot_count && !rehash(v1)) return 0;
  return number;
}

static size_t common_prefix(const uint8_t *a, const uint8_t *b, size_t limit) {
  size_t i = 0;
  for (; i + 8 <= limit; i += 8) {
    if (memcmp(a + i, b + i, 8) != 0) break;
  }
  while (i < limit && a[i] == b[i]) i++;
  return i;
}

// Finds all entries and directories. A directory has a longer path than the one it is in, so that there are never more on
// the way than a path has bytes.
static int read_entries(v1_t *v1, uint32_t *way, uint32_t *way_starts) {
  const uint8_t *bytes = v1->bytes;
  size_t depth = 0;
  size_t previous = V1_HEADER;
  way[0] = way_starts[0] = 0;
  for (size_t at = V1_HEADER; at < v1->length;) {
    if (v1->length - at < V1_ENTRY) return 0;
    const uint8_t state = bytes[at];
    const size_t field = u32(bytes + at + 13);
    const size_t path = at + V1_ENTRY;
    if (field > v1->length - path) return 0;
    if (state != 'n' && state != 'a' && state != 'r' && state != 'm') return 0;
    const size_t end = path + field;

    size_t limit = way_starts[depth];
    if (limit > field) limit = field;
    const size_t common = common_prefix(bytes + path, bytes + previous, limit);
    while (way_starts[depth] > common) depth--;

    size_t start = path + way_starts[depth];
    size_t i;
    for (;;) {
      i = start;
      while (i < end && bytes[i] != '/' && bytes[i] != 0) i++;
      if (i - path > MAX_PATH_LENGTH) return 0;
      // Without slash and NUL, almost none needs a closer look.
      if ((i == start || bytes[start] == '.' || v1->windows) &&
          !is_component(bytes + start, i - start, depth == 0, v1->windows)) {
        return 0;
      }
      if (i == end || bytes[i] == 0) break;
      const uint32_t directory =
          find_directory(v1, way[depth], (uint32_t)path, (uint32_t)(start - path), (uint32_t)(i - path));
      if (directory == 0) return 0;
      start = i + 1;
      depth++;
      way[depth] = directory;
      way_starts[depth] = (uint32_t)(start - path);
    }
    if (end - i > MAX_PATH_LENGTH + 1) return 0;
    if (v1->entry_count == v1->entry_room && !enlarge((void **)&v1->entries, &v1->entry_room, sizeof *v1->entries)) {
      return 0;
    }
    v1->entries[v1->entry_count++] = (entry_t){.at = (uint32_t)at,
                                               .directory = way[depth],
                                               .path_length = (uint16_t)(i - path),
                                               .base_start = (uint16_t)(start - path)};
    previous = path;
    at = end;
  }
  return 1;
}

// Sets what the entry at `at` says besides names.
static void set_fields(table_t *table, size_t node, const uint8_t *entry) {
  const int32_t size = (int32_t)u32(entry + 5);
  const int32_t mtime = (int32_t)u32(entry + 9);
  uint16_t flags;
  int with_size = 0, with_mtime = 0;
  switch (entry[0]) {
    case 'a': flags = WDIR_TRACKED; break;
    case 'm': flags = WDIR_TRACKED | P1_TRACKED | P2_INFO; break;
    case 'r': flags = size == -1 ? P1_TRACKED | P2_INFO : size == -2 ? P2_INFO : P1_TRACKED; break;
    default:
      if (size == -2) {
        flags = WDIR_TRACKED | P2_INFO;
        break;
      }
      flags = WDIR_TRACKED | P1_TRACKED;
      with_size = size >= 0;
      with_mtime = size != -1 && mtime >= 0;
  }
  if (with_size) {
    const uint32_t mode = u32(entry + 1);
    flags |= HAS_MODE_AND_SIZE;
    if (mode & 0100) flags |= MODE_EXEC_PERM;
    if ((mode & 0170000) == 0120000) flags |= MODE_IS_SYMLINK;
  }
  if (with_mtime) flags |= HAS_MTIME;
  table->flags[node] = flags;
  table->size[node] = with_size ? (uint32_t)size : 0;
  table->seconds[node] = with_mtime ? (uint32_t)mtime : 0;
}

static void set_entry(const v1_t *v1, table_t *table, size_t node, const entry_t *entry) {
  const uint8_t *at = v1->bytes + entry->at;
  const uint32_t path = entry->at + V1_ENTRY;
  const uint32_t field = u32(at + 13);
  table->path_offset[node] = path;
  table->path_length[node] = entry->path_length;
  table->base_start[node] = entry->base_start;
  if (field > entry->path_length) {
    table->copy_offset[node] = path + entry->path_length + 1;
    table->copy_length[node] = (uint16_t)(field - entry->path_length - 1);
  }
  set_fields(table, node, at);
}

// Makes sizes of groups, each one place further on, the places at which they start.
static void group_starts(uint32_t *starts, size_t groups) {
  for (size_t group = 0; group < groups; group++) starts[group + 1] += starts[group];
}

// Puts the entries and directories into one tree: grouped by directory, each group sorted if need be, then merged.
static int build_tree(const v1_t *v1, table_t *table) {
  const size_t files = v1->entry_count, folders = v1->directory_count;
  uint32_t *file_starts = calloc(folders + 1, sizeof *file_starts);
  uint32_t *folder_starts = calloc(folders + 1, sizeof *folder_starts);
  uint32_t *places = at_least_one(folders, 2 * sizeof *places);
  uint32_t *nodes = at_least_one(folders, sizeof *nodes);
  // The names of files, then those of directories, each grouped; then as many for sorting.
  named_t *items = at_least_one(2 * (files + folders), sizeof *items);
  int answer = 0;
  if (file_starts != NULL && folder_starts != NULL && places != NULL && nodes != NULL && items != NULL &&
      allocate_table(table, files + folders, 0)) {
    named_t *file_items = items, *folder_items = items + files, *spare = items + files + folders;
    for (size_t i = 0; i < files; i++) file_starts[v1->entries[i].directory + 1]++;
    for (size_t i = 1; i < folders; i++) folder_starts[v1->directories[i].parent + 1]++;
    group_starts(file_starts, folders);
    group_starts(folder_starts, folders);
    memcpy(places, file_starts, folders * sizeof *places);
    memcpy(places + folders, folder_starts, folders * sizeof *places);
    for (size_t i = 0; i < files; i++) {
      const entry_t *entry = &v1->entries[i];
      file_items[places[entry->directory]++] =
          (named_t){.name = v1->bytes + entry->at + V1_ENTRY + entry->base_start,
                    .length = (uint32_t)(entry->path_length - entry->base_start),
                    .index = (uint32_t)i};
    }
    for (size_t i = 1; i < folders; i++) {
      const directory_t *directory = &v1->directories[i];
      folder_items[places[folders + directory->parent]++] =
          (named_t){.name = v1->bytes + directory->path_offset + directory->base_start,
                    .length = (uint32_t)(directory->path_length - directory->base_start),
                    .index = (uint32_t)i};
    }
    size_t next = 1;
    for (size_t directory = 0; directory < folders; directory++) {
      size_t file = file_starts[directory], folder = folder_starts[directory];
      const size_t file_end = file_starts[directory + 1], folder_end = folder_starts[directory + 1];
      if (!is_sorted(file_items + file, file_end - file)) sort_named(file_items + file, spare, file_end - file);
      if (!is_sorted(folder_items + folder, folder_end - folder)) {
        sort_named(folder_items + folder, spare, folder_end - folder);
      }
      const size_t first = next;
      while (file < file_end || folder < folder_end) {
        const size_t node = next++;
        const int order = file >= file_end       ? 1
                          : folder >= folder_end ? -1
                                                 : compare_named(&file_items[file], &folder_items[folder]);
        if (order >= 0) {
          const uint32_t child = folder_items[folder++].index;
          nodes[child] = (uint32_t)node;
          table->path_offset[node] = v1->directories[child].path_offset;
          table->path_length[node] = v1->directories[child].path_length;
          table->base_start[node] = v1->directories[child].base_start;
        }
        if (order <= 0) {
          const named_t *name = &file_items[file];
          // The same path again: each further entry replaces what the one before has set.
          do set_entry(v1, table, node, &v1->entries[file_items[file++].index]);
          while (file < file_end && compare_named(name, &file_items[file]) == 0);
        }
      }
      const uint32_t own = nodes[directory];
      table->first_child[own] = (uint32_t)first;
      table->child_count[own] = (uint32_t)(next - first);
    }
    finish_table(table, next);
    answer = 1;
  }
  free(file_starts);
  free(folder_starts);
  free(places);
  free(nodes);
  free(items);
  return answer;
}

int decode_v1(const uint8_t *bytes, size_t length, int windows, secret_t secret, table_t *table) {
  if (length < V1_HEADER || length > MAX_BYTES) return 0;
  v1_t v1 = {.bytes = bytes, .length = length, .windows = windows, .secret = secret, .directory_count = 1};
  uint32_t *way = calloc(MAX_PATH_LENGTH + 2, 2 * sizeof *way);
  int answer = 0;
  if (way != NULL && enlarge((void **)&v1.directories, &v1.directory_room, sizeof *v1.directories) && rehash(&v1)) {
    v1.directories[0] = (directory_t){0};
    answer = read_entries(&v1, way, way + MAX_PATH_LENGTH + 2) && build_tree(&v1, table);
  }
  free(way);
  free(v1.entries);
  free(v1.directories);
  free(v1.slots);
  return answer;
}

// ---- Version 2 ----

typedef struct {
  uint32_t path_offset;
  uint32_t copy_offset;
  uint32_t first_child;
  uint32_t child_count;
  uint32_t size;
  uint32_t seconds;
  uint32_t nanoseconds;
  uint16_t path_length;
  uint16_t base_start;
  uint16_t copy_length;
  uint16_t flags;
} node_t;

typedef struct {
  const uint8_t *bytes;
  size_t length;
  int windows;
  table_t *table;
  size_t most;
  uint64_t budget;
  // The children of one directory that are not in order, as they are and sorted.
  node_t *children;
  size_t children_room;
  named_t *names;
  size_t names_room;
} v2_t;

// Reads the node at `at`, below a parent; 0 if it cannot be.
static int read_node(v2_t *v2, size_t parent, const uint8_t *at, node_t *node) {
  const table_t *table = v2->table;
  node->path_offset = u32(at);
  node->path_length = (uint16_t)u16(at + 4);
  node->base_start = (uint16_t)u16(at + 6);
  node->copy_offset = u32(at + 8);
  node->copy_length = (uint16_t)u16(at + 12);
  const size_t offset = node->path_offset, length = node->path_length, copy_length = node->copy_length;
  if (offset > v2->length || length > v2->length - offset) return 0;
  if (node->copy_offset > v2->length || copy_length > v2->length - node->copy_offset) return 0;
  const size_t parent_length = table->path_length[parent];
  if (node->base_start != (parent == 0 ? 0 : parent_length + 1) || length < node->base_start) return 0;
  if (v2->budget < length) return 0;
  v2->budget -= length;
  if (parent != 0) {
    const size_t parent_offset = table->path_offset[parent];
    // The path is longer than its parent's: base_start is behind that and the slash.
    if (v2->bytes[offset + parent_length] != '/') return 0;
    if (offset != parent_offset && memcmp(v2->bytes + offset, v2->bytes + parent_offset, parent_length) != 0) return 0;
  }
  if (!is_component(v2->bytes + offset + node->base_start, length - node->base_start, parent == 0, v2->windows)) return 0;
  if (node->copy_offset == 0) node->copy_length = 0;
  node->first_child = u32(at + 14);
  node->child_count = u32(at + 18);
  node->size = u32(at + 32);
  node->seconds = u32(at + 36);
  node->nanoseconds = u32(at + 40);
  node->flags = (uint16_t)u16(at + 30);
  if (node->size > LOW_31_BITS) node->flags &= (uint16_t)~HAS_MODE_AND_SIZE;
  if (node->seconds > LOW_31_BITS) node->flags &= (uint16_t)~HAS_MTIME;
  if (!(node->flags & HAS_MODE_AND_SIZE)) node->size = 0;
  if (!(node->flags & HAS_MTIME)) node->seconds = node->nanoseconds = 0;
  return 1;
}

static void put_node(table_t *table, size_t at, const node_t *node) {
  table->path_offset[at] = node->path_offset;
  table->path_length[at] = node->path_length;
  table->base_start[at] = node->base_start;
  table->first_child[at] = node->first_child;
  table->child_count[at] = node->child_count;
  table->flags[at] = node->flags;
  table->size[at] = node->size;
  table->seconds[at] = node->seconds;
  table->nanoseconds[at] = node->nanoseconds;
  table->copy_offset[at] = node->copy_offset;
  table->copy_length[at] = node->copy_length;
}

static named_t name_in(const v2_t *v2, const node_t *node, size_t index) {
  return (named_t){.name = v2->bytes + node->path_offset + node->base_start,
                   .length = (uint32_t)(node->path_length - node->base_start),
                   .index = (uint32_t)index};
}

// Children that are out of order: sorted, and those of one name made one. Answers how many are left; 0 if that fails.
static size_t put_sorted(v2_t *v2, size_t parent, const uint8_t *at, size_t count, size_t first) {
  while (v2->children_room < count) {
    if (!enlarge((void **)&v2->children, &v2->children_room, sizeof *v2->children)) return 0;
  }
  while (v2->names_room < 2 * count) {
    if (!enlarge((void **)&v2->names, &v2->names_room, sizeof *v2->names)) return 0;
  }
  for (size_t i = 0; i < count; i++) {
    if (!read_node(v2, parent, at + i * V2_NODE, &v2->children[i])) return 0;
    v2->names[i] = name_in(v2, &v2->children[i], i);
  }
  sort_named(v2->names, v2->names + count, count);
  size_t left = 0;
  node_t last = v2->children[v2->names[0].index];
  for (size_t i = 1; i < count; i++) {
    const node_t node = v2->children[v2->names[i].index];
    if (compare_named(&v2->names[i - 1], &v2->names[i]) != 0) {
      put_node(v2->table, first + left++, &last);
      last = node;
      continue;
    }
    if (last.child_count > 0 && node.child_count > 0) return 0;
    const node_t with_children = last.child_count > 0 ? last : node;
    if ((node.flags & ENTRY_MASK) != 0 || (last.flags & ENTRY_MASK) == 0) last = node;
    last.first_child = with_children.first_child;
    last.child_count = with_children.child_count;
  }
  put_node(v2->table, first + left++, &last);
  return left;
}

// Reads the children of `parent` into the nodes from *next on. 0 if they cannot be.
static int read_children(v2_t *v2, size_t parent, uint32_t offset, uint32_t count, size_t *next) {
  table_t *table = v2->table;
  const size_t first = *next;
  table->first_child[parent] = (uint32_t)first;
  table->child_count[parent] = count;
  if (count == 0) return 1;
  if (offset > v2->length || count > (v2->length - offset) / V2_NODE || count > v2->most - first) return 0;
  table->source_offset[parent] = offset;
  const uint8_t *at = v2->bytes + offset;
  const uint64_t budget = v2->budget;
  size_t put = count;
  named_t before = {0};
  for (size_t i = 0; i < count; i++) {
    node_t node;
    if (!read_node(v2, parent, at + i * V2_NODE, &node)) return 0;
    const named_t name = name_in(v2, &node, i);
    if (i > 0 && compare_named(&before, &name) >= 0) {
      v2->budget = budget;
      put = put_sorted(v2, parent, at, count, first);
      if (put == 0) return 0;
      break;
    }
    before = name;
    put_node(table, first + i, &node);
  }
  table->child_count[parent] = (uint32_t)put;
  *next = first + put;
  return 1;
}

int decode_v2(const uint8_t *bytes, size_t length, int windows, uint32_t root_offset, uint32_t root_count,
              table_t *table) {
  if (length > MAX_BYTES) return 0;
  v2_t v2 = {.bytes = bytes,
             .length = length,
             .windows = windows,
             .table = table,
             .most = length / V2_NODE + 1,
             .budget = (uint64_t)length * 32 + 0x100000};
  if (!allocate_table(table, v2.most, 1)) return 0;
  size_t next = 1;
  int answer = read_children(&v2, 0, root_offset, root_count, &next);
  // Parents come before their children, so that the nodes still to be visited are those after the current one.
  for (size_t node = 1; answer && node < next; node++) {
    answer = read_children(&v2, node, table->first_child[node], table->child_count[node], &next);
  }
  free(v2.children);
  free(v2.names);
  if (answer) finish_table(table, next);
  else free_table(table);
  return answer;
}
