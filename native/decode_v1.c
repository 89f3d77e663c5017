// Decodes a dirstate of version 1, with the same columns as src/mercurial/dirstate/decodeV1.ts, which gives the
// reasons. For invalid bytes it returns 0; the caller then asks decodeV1.ts, which reports the error. Every offset is
// checked before it is used.
#include "decode_common.h"

#define V1_HEADER 40
#define V1_ENTRY 17

static void *at_least_one(size_t count, size_t size) { return calloc(count ? count : 1, size); }

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
  // The sum of the lengths of their paths.
  uint64_t path_bytes;
  // Their numbers by hash; 0 is a free place. The number of places is a power of two.
  uint32_t *slots;
  size_t slot_count;
} v1_t;

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

// Returns the number of the directory in `parent` whose path is the `end` bytes at `offset`. Its own name begins at
// `start`. Returns 0 if memory is short.
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
  v1->path_bytes += end;
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

// Finds all entries and directories. `way` and `way_starts` have room for MAX_DEPTH + 1 directories.
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
      if (depth == MAX_DEPTH) return 0;
      const uint32_t directory =
          find_directory(v1, way[depth], (uint32_t)path, (uint32_t)(start - path), (uint32_t)(i - path));
      if (directory == 0) return 0;
      start = i + 1;
      depth++;
      way[depth] = directory;
      way_starts[depth] = (uint32_t)(start - path);
    }
    if (end - i > MAX_PATH_LENGTH + 1) return 0;
    if (v1->directory_count > most_directories(v1->length) || v1->path_bytes > most_path_bytes(v1->length)) return 0;
    if (v1->entry_count == most_entries(v1->length)) return 0;
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

// Sets the columns of the entry at `at`, except names.
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

static named_t entry_name(const v1_t *v1, uint32_t index) {
  const entry_t *entry = &v1->entries[index];
  return (named_t){.name = v1->bytes + entry->at + V1_ENTRY + entry->base_start,
                   .length = (uint32_t)(entry->path_length - entry->base_start),
                   .index = index};
}

static named_t directory_name(const v1_t *v1, uint32_t index) {
  const directory_t *directory = &v1->directories[index];
  return (named_t){.name = v1->bytes + directory->path_offset + directory->base_start,
                   .length = (uint32_t)(directory->path_length - directory->base_start),
                   .index = index};
}

typedef named_t name_of_t(const v1_t *v1, uint32_t index);

// Puts the indexes of one directory in the order of their names. 0 if there is not enough memory.
static int sort_indexes(const v1_t *v1, uint32_t *items, size_t count, name_of_t *name_of) {
  if (count < 2) return 1;
  int sorted = 1;
  named_t before = name_of(v1, items[0]);
  for (size_t i = 1; i < count && sorted; i++) {
    const named_t name = name_of(v1, items[i]);
    sorted = compare_named(&before, &name) <= 0;
    before = name;
  }
  if (sorted) return 1;
  named_t *names = calloc(count, 2 * sizeof *names);
  if (names == NULL) return 0;
  for (size_t i = 0; i < count; i++) names[i] = name_of(v1, items[i]);
  sort_named(names, names + count, count);
  for (size_t i = 0; i < count; i++) items[i] = names[i].index;
  free(names);
  return 1;
}

// Where each directory's files, or sub-directories, are in `items`: those of number n from starts[n] to starts[n + 1].
typedef struct {
  uint32_t *starts;
  uint32_t *items;
} groups_t;

// Makes sizes of groups, each one place further on, the places at which they start.
static void sum_up(uint32_t *starts, size_t groups) {
  for (size_t group = 0; group < groups; group++) starts[group + 1] += starts[group];
}

// Once each group was filled from its start on, the starts are where the groups end.
static void move_back(uint32_t *starts, size_t groups) {
  for (size_t group = groups; group > 0; group--) starts[group] = starts[group - 1];
  starts[0] = 0;
}

static void group(const v1_t *v1, groups_t *files, groups_t *folders) {
  const size_t count = v1->directory_count;
  for (size_t i = 0; i < v1->entry_count; i++) files->starts[v1->entries[i].directory + 1]++;
  for (size_t i = 1; i < count; i++) folders->starts[v1->directories[i].parent + 1]++;
  sum_up(files->starts, count);
  sum_up(folders->starts, count);
  for (size_t i = 0; i < v1->entry_count; i++) files->items[files->starts[v1->entries[i].directory]++] = (uint32_t)i;
  for (size_t i = 1; i < count; i++) folders->items[folders->starts[v1->directories[i].parent]++] = (uint32_t)i;
  move_back(files->starts, count);
  move_back(folders->starts, count);
}

// Merges the files and sub-directories of each directory. `nodes` receives the node of each. Returns 0 if memory is
// short.
static int merge(const v1_t *v1, groups_t *files, groups_t *folders, uint32_t *nodes, table_t *table) {
  size_t next = 1;
  for (size_t directory = 0; directory < v1->directory_count; directory++) {
    size_t file = files->starts[directory], folder = folders->starts[directory];
    const size_t file_end = files->starts[directory + 1], folder_end = folders->starts[directory + 1];
    if (!sort_indexes(v1, files->items + file, file_end - file, entry_name) ||
        !sort_indexes(v1, folders->items + folder, folder_end - folder, directory_name)) {
      return 0;
    }
    const size_t first = next;
    while (file < file_end || folder < folder_end) {
      const size_t node = next++;
      int order = file >= file_end ? 1 : -1;
      if (file < file_end && folder < folder_end) {
        const named_t a = entry_name(v1, files->items[file]), b = directory_name(v1, folders->items[folder]);
        order = compare_named(&a, &b);
      }
      if (order >= 0) {
        const uint32_t child = folders->items[folder++];
        nodes[child] = (uint32_t)node;
        table->path_offset[node] = v1->directories[child].path_offset;
        table->path_length[node] = v1->directories[child].path_length;
        table->base_start[node] = v1->directories[child].base_start;
      }
      if (order <= 0) {
        const named_t name = entry_name(v1, files->items[file]);
        // A repeated path: each further entry replaces the values of the one before.
        for (;;) {
          set_entry(v1, table, node, &v1->entries[files->items[file++]]);
          if (file == file_end) break;
          const named_t other = entry_name(v1, files->items[file]);
          if (compare_named(&name, &other) != 0) break;
        }
      }
    }
    const uint32_t own = nodes[directory];
    table->first_child[own] = (uint32_t)first;
    table->child_count[own] = (uint32_t)(next - first);
  }
  finish_table(table, next);
  return 1;
}

// Puts the entries and directories into one tree: grouped by directory, each group sorted if need be, then merged.
static int build_tree(const v1_t *v1, maker_t maker, table_t *table) {
  const size_t count = v1->directory_count;
  groups_t files = {.starts = calloc(count + 1, sizeof(uint32_t)), .items = at_least_one(v1->entry_count, sizeof(uint32_t))};
  groups_t folders = {.starts = calloc(count + 1, sizeof(uint32_t)), .items = at_least_one(count, sizeof(uint32_t))};
  uint32_t *nodes = at_least_one(count, sizeof *nodes);
  int answer = 0;
  if (files.starts != NULL && files.items != NULL && folders.starts != NULL && folders.items != NULL && nodes != NULL &&
      maker.make(maker.context, v1->entry_count + count, 0, table)) {
    group(v1, &files, &folders);
    answer = merge(v1, &files, &folders, nodes, table);
  }
  free(files.starts);
  free(files.items);
  free(folders.starts);
  free(folders.items);
  free(nodes);
  return answer;
}

int decode_v1(const uint8_t *bytes, size_t length, int windows, secret_t secret, maker_t maker, table_t *table) {
  if (length < V1_HEADER || length > MAX_BYTES) return 0;
  v1_t v1 = {.bytes = bytes, .length = length, .windows = windows, .secret = secret, .directory_count = 1};
  uint32_t way[MAX_DEPTH + 1], way_starts[MAX_DEPTH + 1];
  int answer = 0;
  if (enlarge((void **)&v1.directories, &v1.directory_room, sizeof *v1.directories) && rehash(&v1)) {
    v1.directories[0] = (directory_t){0};
    answer = read_entries(&v1, way, way_starts) && build_tree(&v1, maker, table);
  }
  free(v1.entries);
  free(v1.directories);
  free(v1.slots);
  return answer;
}
