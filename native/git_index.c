// Decodes a Git index with the same result as src/git/index/decodeIndex.ts and indexTree.ts, which give the reasons.
// For invalid bytes it returns 0; the caller then asks JavaScript, which reports the error. Every offset is checked
// before it is used.
#include "git_index.h"

#include <stdlib.h>
#include <string.h>

#define HEADER 12u
#define STAT_BYTES 40u
#define LONG_NAME 0xfffu
#define MAX_PATH_LENGTH 0xffffu
// More bytes than this are decoded by nobody; so that places in them are numbers of 32 bits.
#define MAX_BYTES 0x7fffffffu
#define NO_ENTRY 0xffffffffu
#define WITHOUT_NODE 0xffffffffu

// The first byte of the first flags of an entry, and of the second.
enum { ASSUME_VALID = 0x80, EXTENDED = 0x40, STAGES = 0x30, SKIP_WORKTREE = 0x40, INTENT_TO_ADD = 0x20 };
// Flags of a node.
enum { ENTRY = 0x01, EXECUTABLE = 0x02, SYMLINK = 0x04, GITLINK = 0x08, ASSUMED = 0x10, SKIPPED = 0x20, INTENT = 0x40, UNMERGED = 0x80 };
enum { UNSURE = 1, FOREIGN = 2 };
enum { KIND_MASK = 0170000, SYMLINK_MODE = 0120000, GITLINK_MODE = 0160000 };

// The limits of src/git/objects/treeLimits.ts, which explains them.
#define MAX_TREE_DEPTH 2048u
static uint64_t most_directories(size_t bytes) { return 0x10000 + (uint64_t)bytes / 64; }
static uint64_t most_path_bytes(size_t bytes) { return 0x1000000 + (uint64_t)bytes * 4; }

static uint32_t u32(const uint8_t *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

// Gives a block twice the room, and more if needed. 0 if there is not enough memory; then it is as it was.
static int reserve(void **block, size_t *room, size_t needed, size_t size) {
  if (needed <= *room) return 1;
  size_t more = *room * 2 > needed ? *room * 2 : needed + 64;
  void *larger = realloc(*block, more * size);
  if (larger == NULL) return 0;
  *block = larger;
  *room = more;
  return 1;
}

// Versions 2 and 3: whole names, padded to a multiple of 8.
static int plain_entries(const uint8_t *bytes, size_t end, size_t flags_at, uint32_t count, decoded_entries_t *out) {
  size_t at = HEADER;
  for (uint32_t entry = 0; entry < count; entry++) {
    if (at + flags_at + 4 > end) return 0;
    const uint32_t flags = (uint32_t)bytes[at + flags_at] << 8 | bytes[at + flags_at + 1];
    const size_t name = at + flags_at + ((flags & EXTENDED << 8) ? 4 : 2);
    size_t length = flags & LONG_NAME;
    if (length == LONG_NAME) {
      const uint8_t *nul = memchr(bytes + name, 0, end - name);
      if (nul == NULL) return 0;
      length = (size_t)(nul - (bytes + name));
    }
    if (length > MAX_PATH_LENGTH || name + length >= end || bytes[name + length] != 0) return 0;
    out->at[entry] = (uint32_t)at;
    out->path_offset[entry] = (uint32_t)name;
    out->path_length[entry] = (uint16_t)length;
    at += (name + length - at + 8) & ~(size_t)7;
  }
  out->next = at;
  return at <= end;
}

// Version 4: each name begins with that of the entry before, except the given number of bytes.
static int compressed_entries(const uint8_t *bytes, size_t length, size_t end, size_t flags_at, uint32_t count, decoded_entries_t *out) {
  const uint64_t most = most_path_bytes(length);
  size_t room = 0, used = 0, previous = 0, previous_length = 0, at = HEADER;
  if (!reserve((void **)&out->names, &room, length, 1)) return 0;
  for (uint32_t entry = 0; entry < count; entry++) {
    if (at + flags_at + 4 > end) return 0;
    out->at[entry] = (uint32_t)at;
    at += flags_at + ((bytes[at + flags_at] & EXTENDED) ? 4 : 2);
    uint8_t next = bytes[at++];
    uint64_t drop = next & 0x7f;
    while (next >= 0x80 && at < end) {
      next = bytes[at++];
      drop = (drop + 1) * 128 + (next & 0x7f);
      // No name is that long.
      if (drop > MAX_PATH_LENGTH) return 0;
    }
    if (drop > previous_length || at >= end) return 0;
    const uint8_t *nul = memchr(bytes + at, 0, end - at);
    if (nul == NULL) return 0;
    const size_t kept = previous_length - (size_t)drop, added = (size_t)(nul - (bytes + at)), whole = kept + added;
    if (whole > MAX_PATH_LENGTH || used + whole > most) return 0;
    if (!reserve((void **)&out->names, &room, used + whole, 1)) return 0;
    memcpy(out->names + used, out->names + previous, kept);
    memcpy(out->names + used + kept, bytes + at, added);
    out->path_offset[entry] = (uint32_t)used;
    out->path_length[entry] = (uint16_t)whole;
    previous = used;
    previous_length = whole;
    used += whole;
    at += added + 1;
  }
  out->names_length = used;
  out->next = at;
  return at <= end;
}

int decode_git_entries(const uint8_t *bytes, size_t length, size_t hash_length, decoded_entries_t *out) {
  if (hash_length == 0 || hash_length > 64 || length > MAX_BYTES || length < HEADER + hash_length) return 0;
  const size_t end = length - hash_length, flags_at = STAT_BYTES + hash_length;
  const uint32_t version = u32(bytes + 4), count = u32(bytes + 8);
  if ((uint64_t)count * (flags_at + 3) > end - HEADER) return 0;
  if (version == 4) return compressed_entries(bytes, length, end, flags_at, count, out);
  return plain_entries(bytes, end, flags_at, count, out);
}

// A directory, in the order of their first appearance, which is before their contents.
typedef struct {
  uint32_t parent;
  uint32_t path_offset;
  // The entry before which it appears, and the entry of the same path, of a conflict of a file with a directory.
  uint32_t before;
  uint32_t entry;
  uint32_t children;
  uint16_t path_length;
  uint16_t base_start;
} directory_t;

typedef struct {
  const entries_t *entries;
  size_t flags_at;
  directory_t *directories;
  size_t directory_count, directory_room;
  // For each entry its directory, or WITHOUT_NODE if it shares the node of the one before, or of a directory.
  uint32_t *directory_of;
  // Paths with stages, in the order of the entries, which is that of their bytes.
  uint32_t *staged;
  size_t staged_count, staged_room;
} found_t;

// Names that cannot be in an index: '', '.', '..', '.git' in any case.
static int is_component(const uint8_t *name, size_t length) {
  if (length == 0) return 0;
  if (name[0] != '.') return 1;
  if (length == 1 || (length == 2 && name[1] == '.')) return 0;
  return length != 4 || (name[1] | 0x20) != 'g' || (name[2] | 0x20) != 'i' || (name[3] | 0x20) != 't';
}

static const uint8_t *path_of(const entries_t *entries, uint32_t entry) { return entries->names + entries->path_offset[entry]; }

// The entry with stages whose path is these bytes, or NO_ENTRY.
static uint32_t find_staged(const found_t *found, const uint8_t *path, size_t length) {
  size_t low = 0, high = found->staged_count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    const uint32_t entry = found->staged[middle];
    const size_t other = found->entries->path_length[entry];
    int order = memcmp(path_of(found->entries, entry), path, smaller(length, other));
    if (order == 0) order = (other > length) - (other < length);
    if (order == 0) return entry;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return NO_ENTRY;
}

static int add_directory(found_t *found, directory_t directory) {
  if (found->directory_count > most_directories(found->entries->length)) return 0;
  if (!reserve((void **)&found->directories, &found->directory_room, found->directory_count + 1, sizeof directory)) return 0;
  if (found->staged_count > 0) {
    const uint32_t same = find_staged(found, found->entries->names + directory.path_offset, directory.path_length);
    if (same != NO_ENTRY && found->directory_of[same] != WITHOUT_NODE) {
      directory.entry = same;
      found->directories[found->directory_of[same]].children--;
      found->directory_of[same] = WITHOUT_NODE;
    }
  }
  found->directories[found->directory_count++] = directory;
  found->directories[directory.parent].children++;
  return 1;
}

static int find_directories(found_t *found, uint32_t *way, size_t *way_ends) {
  const entries_t *entries = found->entries;
  size_t depth = 0, previous_length = 0;
  const uint8_t *previous = entries->names;
  way[0] = 0;
  way_ends[0] = 0;
  for (uint32_t entry = 0; entry < entries->count; entry++) {
    const size_t offset = entries->path_offset[entry], length = entries->path_length[entry], at = entries->at[entry];
    if (offset > entries->names_length || length > entries->names_length - offset) return 0;
    if (entries->length < found->flags_at + 2 || at > entries->length - found->flags_at - 2) return 0;
    const uint8_t *path = entries->names + offset;
    const size_t shorter = smaller(length, previous_length);
    size_t common = 0;
    while (common < shorter && path[common] == previous[common]) common++;
    const uint8_t stage = entries->bytes[at + found->flags_at] & STAGES;
    if (common == length && common == previous_length && entry > 0) {
      if (stage <= (entries->bytes[entries->at[entry - 1] + found->flags_at] & STAGES)) return 0;
      found->directory_of[entry] = WITHOUT_NODE;
      continue;
    }
    if (common == length || (common != previous_length && path[common] < previous[common])) return 0;
    while (way_ends[depth] > common) depth--;
    size_t start = way_ends[depth];
    for (size_t i = start; i < length; i++) {
      if (path[i] != '/') continue;
      if (!is_component(path + start, i - start) || depth == MAX_TREE_DEPTH) return 0;
      const directory_t directory = {.parent = way[depth],
                                     .path_offset = (uint32_t)offset,
                                     .path_length = (uint16_t)i,
                                     .base_start = (uint16_t)start,
                                     .before = entry,
                                     .entry = NO_ENTRY};
      if (!add_directory(found, directory)) return 0;
      way[++depth] = (uint32_t)(found->directory_count - 1);
      way_ends[depth] = start = i + 1;
    }
    if (!is_component(path + start, length - start)) return 0;
    found->directory_of[entry] = way[depth];
    found->directories[way[depth]].children++;
    if (stage != 0) {
      if (!reserve((void **)&found->staged, &found->staged_room, found->staged_count + 1, sizeof *found->staged)) return 0;
      found->staged[found->staged_count++] = entry;
    }
    previous = path;
    previous_length = length;
  }
  return 1;
}

// Fills the node of an entry. 0 if the second flags are beyond the end.
static int fill(const found_t *found, const git_tree_options_t *options, git_tree_t *tree, size_t node, uint32_t entry) {
  const entries_t *entries = found->entries;
  const uint8_t *at = entries->bytes + entries->at[entry];
  const uint8_t high = at[found->flags_at];
  const uint32_t mode = u32(at + 24), size = u32(at + 36), seconds = u32(at + 8);
  uint16_t flags = ENTRY;
  if ((mode & KIND_MASK) == SYMLINK_MODE) flags |= SYMLINK;
  else if ((mode & KIND_MASK) == GITLINK_MODE) flags |= GITLINK;
  else if (mode & 0100) flags |= EXECUTABLE;
  if (high & ASSUME_VALID) flags |= ASSUMED;
  if (high & STAGES) flags |= UNMERGED;
  if (high & EXTENDED) {
    if (entries->at[entry] + found->flags_at + 4 > entries->length) return 0;
    const uint8_t second = at[found->flags_at + 2];
    if (second & SKIP_WORKTREE) flags |= SKIPPED;
    if (second & INTENT_TO_ADD) flags |= INTENT;
  }
  tree->flags[node] = flags;
  tree->all_flags |= flags;
  tree->entry[node] = entry;
  tree->size[node] = size;
  tree->seconds[node] = seconds;
  tree->nanoseconds[node] = u32(at + 12);
  tree->ctime_seconds[node] = u32(at);
  tree->inode[node] = u32(at + 20);
  const int is_racy = options->written_at != 0 && options->written_at <= seconds;
  const int is_smudged = size == 0 && memcmp(at + STAT_BYTES, options->empty_blob, options->hash_length) != 0;
  const int is_foreign = options->owned && (u32(at + 28) != options->uid || u32(at + 32) != options->gid);
  tree->doubtful[node] = (uint32_t)((is_racy || is_smudged ? UNSURE : 0) | (is_foreign ? FOREIGN : 0));
  return 1;
}

static int compare_nodes(const entries_t *entries, const git_tree_t *tree, size_t a, size_t b) {
  const uint8_t *name = entries->names + tree->path_offset[a] + tree->base_start[a];
  const uint8_t *other = entries->names + tree->path_offset[b] + tree->base_start[b];
  const size_t length = (size_t)(tree->path_length[a] - tree->base_start[a]);
  const size_t other_length = (size_t)(tree->path_length[b] - tree->base_start[b]);
  const int order = memcmp(name, other, smaller(length, other_length));
  return order != 0 ? order : (length > other_length) - (length < other_length);
}

// A node while the children of a directory are put in order.
typedef struct {
  uint32_t words[10];
  uint16_t halves[3];
} node_t;

static node_t take_node(const git_tree_t *tree, size_t node) {
  return (node_t){.words = {tree->path_offset[node], tree->first_child[node], tree->child_count[node], tree->entry[node],
                            tree->size[node], tree->seconds[node], tree->nanoseconds[node], tree->ctime_seconds[node],
                            tree->inode[node], tree->doubtful[node]},
                  .halves = {tree->path_length[node], tree->base_start[node], tree->flags[node]}};
}

static void put_node(git_tree_t *tree, size_t node, const node_t *from) {
  uint32_t *const words[] = {tree->path_offset, tree->first_child, tree->child_count, tree->entry,  tree->size,
                             tree->seconds,     tree->nanoseconds, tree->ctime_seconds, tree->inode, tree->doubtful};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) words[i][node] = from->words[i];
  tree->path_length[node] = from->halves[0];
  tree->base_start[node] = from->halves[1];
  tree->flags[node] = from->halves[2];
}

// Sorts the numbers of nodes by their names. `other` has room for as many.
static void sort_nodes(const entries_t *entries, const git_tree_t *tree, uint32_t *items, uint32_t *other, size_t count) {
  uint32_t *from = items, *to = other;
  for (size_t width = 1; width < count; width *= 2) {
    for (size_t start = 0; start < count; start += 2 * width) {
      const size_t middle = smaller(start + width, count), end = smaller(middle + width, count);
      size_t a = start, b = middle, out = start;
      while (a < middle && b < end) to[out++] = compare_nodes(entries, tree, from[b], from[a]) < 0 ? from[b++] : from[a++];
      while (a < middle) to[out++] = from[a++];
      while (b < end) to[out++] = from[b++];
    }
    uint32_t *swap = from;
    from = to;
    to = swap;
  }
  if (from != items) memcpy(items, from, count * sizeof *items);
}

// Orders the children of a directory. 0 if two have one name, or memory is short.
static int sort_block(const entries_t *entries, git_tree_t *tree, size_t first, size_t count) {
  uint32_t *order = malloc(2 * count * sizeof *order);
  node_t *nodes = malloc(count * sizeof *nodes);
  int ok = order != NULL && nodes != NULL;
  if (ok) {
    for (size_t i = 0; i < count; i++) order[i] = (uint32_t)(first + i);
    sort_nodes(entries, tree, order, order + count, count);
    for (size_t i = 1; ok && i < count; i++) ok = compare_nodes(entries, tree, order[i - 1], order[i]) != 0;
  }
  if (ok) {
    for (size_t i = 0; i < count; i++) nodes[i] = take_node(tree, order[i]);
    for (size_t i = 0; i < count; i++) put_node(tree, first + i, &nodes[i]);
  }
  free(order);
  free(nodes);
  return ok;
}

// Where the children of each directory begin, the next free place among them, and if they are out of order.
typedef struct {
  uint32_t *blocks;
  uint32_t *cursors;
  uint8_t *unordered;
} blocks_t;

static int place_directory(const found_t *found, const git_tree_options_t *options, git_tree_t *tree, blocks_t *blocks, size_t number) {
  const directory_t *directory = &found->directories[number];
  const uint32_t node = blocks->cursors[directory->parent]++;
  tree->path_offset[node] = directory->path_offset;
  tree->path_length[node] = directory->path_length;
  tree->base_start[node] = directory->base_start;
  tree->first_child[node] = blocks->blocks[number];
  tree->child_count[node] = directory->children;
  if (directory->entry != NO_ENTRY) {
    if (!fill(found, options, tree, node, directory->entry)) return 0;
    tree->entry_count++;
  }
  // A directory is ordered as if its name ended in '/', so that files such as `a-` come before the contents of `a`.
  if (node > blocks->blocks[directory->parent] && compare_nodes(found->entries, tree, node - 1, node) >= 0) {
    blocks->unordered[directory->parent] = 1;
  }
  return 1;
}

static int place_nodes(const found_t *found, const git_tree_options_t *options, git_tree_t *tree, blocks_t *blocks) {
  const entries_t *entries = found->entries;
  tree->first_child[0] = blocks->blocks[0];
  tree->child_count[0] = found->directories[0].children;
  size_t next = 1;
  for (uint32_t entry = 0; entry < entries->count; entry++) {
    for (; next < found->directory_count && found->directories[next].before == entry; next++) {
      if (!place_directory(found, options, tree, blocks, next)) return 0;
    }
    const uint32_t parent = found->directory_of[entry];
    if (parent == WITHOUT_NODE) continue;
    const uint32_t node = blocks->cursors[parent]++;
    tree->path_offset[node] = entries->path_offset[entry];
    tree->path_length[node] = entries->path_length[entry];
    tree->base_start[node] = parent == 0 ? 0 : (uint16_t)(found->directories[parent].path_length + 1);
    if (!fill(found, options, tree, node, entry)) return 0;
    tree->entry_count++;
  }
  for (size_t i = 0; i < found->directory_count; i++) {
    if (blocks->unordered[i] && !sort_block(entries, tree, blocks->blocks[i], found->directories[i].children)) return 0;
  }
  return 1;
}

static int place(const found_t *found, const git_tree_options_t *options, git_maker_t maker, git_tree_t *tree) {
  const size_t count = found->directory_count;
  blocks_t blocks = {.blocks = malloc(count * sizeof(uint32_t)), .cursors = malloc(count * sizeof(uint32_t)), .unordered = calloc(count, 1)};
  int ok = blocks.blocks != NULL && blocks.cursors != NULL && blocks.unordered != NULL;
  if (ok) {
    uint32_t nodes = 1;
    for (size_t i = 0; i < count; i++) {
      blocks.blocks[i] = blocks.cursors[i] = nodes;
      nodes += found->directories[i].children;
    }
    ok = maker.make(maker.context, nodes, tree);
    if (ok) {
      for (uint32_t node = 0; node < nodes; node++) tree->entry[node] = NO_ENTRY;
      tree->node_count = nodes;
      tree->entry_count = 0;
      tree->all_flags = 0;
      ok = place_nodes(found, options, tree, &blocks);
    }
  }
  free(blocks.blocks);
  free(blocks.cursors);
  free(blocks.unordered);
  return ok;
}

int build_git_tree(const entries_t *entries, const git_tree_options_t *options, git_maker_t maker, git_tree_t *tree) {
  if (entries->length > MAX_BYTES || entries->names_length > UINT32_MAX || entries->count > MAX_BYTES) return 0;
  found_t found = {.entries = entries, .flags_at = STAT_BYTES + options->hash_length};
  found.directory_of = malloc((entries->count + 1) * sizeof *found.directory_of);
  uint32_t *way = malloc((MAX_TREE_DEPTH + 1) * sizeof *way);
  size_t *way_ends = malloc((MAX_TREE_DEPTH + 1) * sizeof *way_ends);
  int ok = found.directory_of != NULL && way != NULL && way_ends != NULL &&
           reserve((void **)&found.directories, &found.directory_room, 1024, sizeof *found.directories);
  if (ok) {
    found.directories[0] = (directory_t){.entry = NO_ENTRY};
    found.directory_count = 1;
    ok = find_directories(&found, way, way_ends) && place(&found, options, maker, tree);
  }
  free(found.directories);
  free(found.directory_of);
  free(found.staged);
  free(way);
  free(way_ends);
  return ok;
}
