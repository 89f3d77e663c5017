// Compares a tree of Git with a directory of the index, and decodes the extension TREE. Reports only names that may
// differ. JavaScript (src/git/changes/stagedChanges.ts) judges them, and explains the rules. The only decision here is
// "surely equal". A file is, if mode and name of its content are the recorded ones. A directory is, if its remembered
// tree is that of the tree. For malformed bytes the caller asks JavaScript, which reports the error.
//
// Three words for each reported name: its node or NONE, its place in the tree or NONE, its remembered tree or NONE.
#include "git_staged.h"

#include <stdlib.h>
#include <string.h>

#define NONE 0xffffffffu
#define MAX_DEPTH 4096
#define MAX_DIGITS 10
#define MODE_AT 24
// Longer modes do not exist.
#define MAX_MODE 7

// Flags of a node: see git_index.c.
enum { ENTRY = 0x01, INTENT = 0x40, UNMERGED = 0x80 };
enum { KIND_MASK = 0170000, DIRECTORY = 0040000, REGULAR = 0100644, EXECUTABLE = 0100755, SYMLINK = 0120000, GITLINK = 0160000 };
enum { NAME_AT, NAME_LENGTH, ID_AT, END };

// Reads a decimal number and the byte after it. 0 if there is none.
static int read_number(const uint8_t *bytes, size_t length, size_t *at, uint8_t end, int64_t *value) {
  const int is_negative = *at < length && bytes[*at] == '-';
  const size_t first = is_negative ? *at + 1 : *at;
  size_t next = first;
  int64_t found = 0;
  for (; next < length && bytes[next] != end; next++) {
    if (bytes[next] < '0' || bytes[next] > '9' || next - first == MAX_DIGITS) return 0;
    found = found * 10 + (bytes[next] - '0');
  }
  if (next >= length || next == first) return 0;
  *at = next + 1;
  *value = is_negative ? -found : found;
  return 1;
}

static int add_tree(decoded_trees_t *out) {
  if (out->count == out->room) {
    const size_t room = out->room * 2 + 1024;
    for (int i = 0; i < 4; i++) {
      uint32_t *larger = realloc(out->columns[i], room * sizeof *larger);
      if (larger == NULL) return 0;
      out->columns[i] = larger;
    }
    out->room = room;
  }
  out->count++;
  return 1;
}

// The trees above the next one, and how many of their subtrees are still to come.
typedef struct {
  uint32_t open[MAX_DEPTH];
  int64_t to_come[MAX_DEPTH];
  size_t depth;
} way_t;

static int read_trees(const uint8_t *bytes, size_t length, size_t hash_length, decoded_trees_t *out, way_t *way) {
  size_t at = 0;
  do {
    const uint8_t *nul = at < length ? memchr(bytes + at, 0, length - at) : NULL;
    if (nul == NULL || !add_tree(out)) return 0;
    const uint32_t tree = (uint32_t)(out->count - 1);
    int64_t entries, subtrees;
    out->columns[NAME_AT][tree] = (uint32_t)at;
    out->columns[NAME_LENGTH][tree] = (uint32_t)(nul - bytes - at);
    at = (size_t)(nul - bytes) + 1;
    if (!read_number(bytes, length, &at, ' ', &entries) || !read_number(bytes, length, &at, '\n', &subtrees)) return 0;
    out->columns[ID_AT][tree] = entries < 0 ? NONE : (uint32_t)at;
    if (entries >= 0) at += hash_length;
    if (at > length) return 0;
    out->columns[END][tree] = tree + 1;
    const int has_subtrees = subtrees > 0;
    if (has_subtrees) {
      if (way->depth == MAX_DEPTH) return 0;
      way->open[way->depth] = tree;
      way->to_come[way->depth++] = subtrees;
    } else if (way->depth > 0) {
      way->to_come[way->depth - 1]--;
    }
    while (way->depth > 0 && way->to_come[way->depth - 1] == 0) {
      out->columns[END][way->open[--way->depth]] = (uint32_t)out->count;
      if (way->depth > 0) way->to_come[way->depth - 1]--;
    }
  } while (way->depth > 0);
  return 1;
}

int decode_cached_trees(const uint8_t *bytes, size_t length, size_t hash_length, decoded_trees_t *out) {
  if (length == 0 || length >= NONE) return 0;
  way_t *way = malloc(sizeof *way);
  if (way == NULL) return 0;
  way->depth = 0;
  const int ok = read_trees(bytes, length, hash_length, out, way);
  free(way);
  return ok;
}

static int put(staged_words_t *out, uint32_t node, uint32_t at, uint32_t cached) {
  if (out->count + 3 > out->room) {
    const size_t room = out->room * 2 + 48;
    uint32_t *larger = realloc(out->words, room * sizeof *larger);
    if (larger == NULL) return 0;
    out->words = larger;
    out->room = room;
  }
  out->words[out->count++] = node;
  out->words[out->count++] = at;
  out->words[out->count++] = cached;
  return 1;
}

static uint32_t u32(const uint8_t *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int compare_names(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length) {
  const int order = memcmp(a, b, a_length < b_length ? a_length : b_length);
  return order != 0 ? order : (a_length > b_length) - (a_length < b_length);
}

// The last component of a node's path. 0 if its place is impossible.
static int name_of(const staged_index_t *index, uint32_t node, const uint8_t **name, size_t *length) {
  const size_t start = index->base_start[node], end = index->path_length[node], offset = index->path_offset[node];
  if (start > end || offset > index->names_length || end > index->names_length - offset) return 0;
  *name = index->names + offset + start;
  *length = end - start;
  return 1;
}

// The child of this name, or NONE.
static uint32_t find_child(const staged_index_t *index, uint32_t node, const uint8_t *name, size_t length) {
  uint32_t low = index->first_child[node], high = low + index->child_count[node];
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    const uint8_t *other;
    size_t other_length;
    if (!name_of(index, middle, &other, &other_length)) return NONE;
    const int order = compare_names(other, other_length, name, length);
    if (order == 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return NONE;
}

typedef struct {
  const uint8_t *name;
  size_t length;
  uint32_t tree;
} subtree_t;

static int by_name(const void *a, const void *b) {
  const subtree_t *one = a, *other = b;
  return compare_names(one->name, one->length, other->name, other->length);
}

// The remembered subtrees of a tree, ordered by name. 0 if memory is short, or two have one name.
static int subtrees_of(const cached_trees_t *cached, uint32_t tree, subtree_t **subtrees, size_t *count) {
  *subtrees = NULL;
  *count = 0;
  if (tree == NONE) return 1;
  if (tree >= cached->count || cached->end[tree] > cached->count) return 0;
  size_t room = 0;
  for (uint32_t at = tree + 1; at < cached->end[tree];) {
    if (cached->name_at[at] > cached->length || cached->name_length[at] > cached->length - cached->name_at[at]) return 0;
    if (*count == room) {
      room = room * 2 + 16;
      subtree_t *larger = realloc(*subtrees, room * sizeof *larger);
      if (larger == NULL) return 0;
      *subtrees = larger;
    }
    (*subtrees)[(*count)++] = (subtree_t){.name = cached->bytes + cached->name_at[at], .length = cached->name_length[at], .tree = at};
    if (cached->end[at] <= at) return 0;
    at = cached->end[at];
  }
  if (*count > 1) qsort(*subtrees, *count, sizeof **subtrees, by_name);
  for (size_t i = 1; i < *count; i++) if (by_name(*subtrees + i - 1, *subtrees + i) == 0) return 0;
  return 1;
}

// One entry of the tree, and what it is compared with.
typedef struct {
  size_t at;
  uint32_t mode;
  const uint8_t *name;
  size_t name_length;
  const uint8_t *id;
} tree_entry_t;

// Reads the entry at *at. 0 if it is not written as Git writes it.
static int read_entry(const uint8_t *tree, size_t length, size_t hash_length, size_t *at, tree_entry_t *entry) {
  size_t next = *at;
  uint32_t mode = 0;
  for (; next < length && tree[next] != ' '; next++) {
    if (tree[next] < '0' || tree[next] > '7' || next - *at == MAX_MODE) return 0;
    mode = mode << 3 | (uint32_t)(tree[next] - '0');
  }
  if (next == *at || next >= length) return 0;
  const uint8_t *name = tree + next + 1;
  const uint8_t *nul = memchr(name, 0, length - next - 1);
  if (nul == NULL || nul == name || memchr(name, '/', (size_t)(nul - name)) != NULL) return 0;
  if (length - (size_t)(nul + 1 - tree) < hash_length) return 0;
  const uint32_t kind = mode & KIND_MASK;
  const int is_plain = kind == SYMLINK || kind == GITLINK || kind == DIRECTORY;
  *entry = (tree_entry_t){.at = *at,
                          .mode = is_plain ? kind : (mode & 0100) ? EXECUTABLE : REGULAR,
                          .name = name,
                          .name_length = (size_t)(nul - name),
                          .id = nul + 1};
  *at = (size_t)(nul + 1 - tree) + hash_length;
  return 1;
}

// The mode of an entry of the index, as it is compared. 0 if the entry is not there.
static const uint8_t *record_of(const staged_index_t *index, uint32_t node) {
  const uint32_t entry = index->entry[node];
  if (entry >= index->entry_count || index->length < 40 + index->hash_length) return NULL;
  return index->at[entry] > index->length - 40 - index->hash_length ? NULL : index->bytes + index->at[entry];
}

// True if the node is recorded as the entry of the tree has it, or as nothing where the tree has no file.
static int is_same_file(const staged_index_t *index, uint32_t node, const tree_entry_t *entry) {
  const uint16_t flags = index->flags[node];
  const int is_file = entry != NULL && entry->mode != DIRECTORY;
  if (flags & UNMERGED) return 1;
  if ((flags & ENTRY) == 0 || (flags & INTENT)) return !is_file;
  const uint8_t *record = is_file ? record_of(index, node) : NULL;
  if (record == NULL) return 0;
  // Other modes than these are left to JavaScript.
  return u32(record + MODE_AT) == entry->mode && memcmp(record + 40, entry->id, index->hash_length) == 0;
}

// True if everything below is equal: the remembered tree is that of the entry.
static int is_same_directory(const staged_index_t *index, uint32_t cached, const tree_entry_t *entry) {
  if (cached == NONE || entry == NULL || entry->mode != DIRECTORY) return 0;
  const uint32_t id = index->cached.id_at[cached];
  if (id == NONE || index->cached.length < index->hash_length || id > index->cached.length - index->hash_length) return 0;
  return memcmp(index->cached.bytes + id, entry->id, index->hash_length) == 0;
}

typedef struct {
  const staged_index_t *index;
  subtree_t *subtrees;
  size_t subtree_count;
  staged_words_t *out;
} comparison_t;

// Compares a child with the entry of its name; NULL if the tree has none.
static int compare_child(const comparison_t *comparison, uint32_t child, const tree_entry_t *entry) {
  const staged_index_t *index = comparison->index;
  uint32_t cached = NONE;
  const int has_children = index->child_count[child] > 0;
  if (has_children && comparison->subtree_count > 0) {
    subtree_t key = {0};
    if (!name_of(index, child, &key.name, &key.length)) return 0;
    const subtree_t *found = bsearch(&key, comparison->subtrees, comparison->subtree_count, sizeof key, by_name);
    if (found != NULL) cached = found->tree;
  }
  const int is_directory = entry != NULL && entry->mode == DIRECTORY;
  const int is_same = has_children ? is_same_directory(index, cached, entry) : !is_directory;
  if (is_same && is_same_file(index, child, entry)) return 1;
  return put(comparison->out, child, entry == NULL ? NONE : (uint32_t)entry->at, cached);
}

static int compare_all(const comparison_t *comparison, const uint8_t *tree, size_t length, uint32_t node, uint8_t *seen) {
  const staged_index_t *index = comparison->index;
  const uint32_t first = index->first_child[node], count = index->child_count[node];
  for (size_t at = 0; at < length;) {
    tree_entry_t entry;
    if (!read_entry(tree, length, index->hash_length, &at, &entry)) return 0;
    const uint32_t child = find_child(index, node, entry.name, entry.name_length);
    if (child == NONE) {
      if (!put(comparison->out, NONE, (uint32_t)entry.at, NONE)) return 0;
      continue;
    }
    // No tree of Git has a name twice.
    if (seen[child - first]) return 0;
    seen[child - first] = 1;
    if (!compare_child(comparison, child, &entry)) return 0;
  }
  for (uint32_t i = 0; i < count; i++) if (!seen[i] && !compare_child(comparison, first + i, NULL)) return 0;
  return 1;
}

int compare_tree(const staged_index_t *index, const uint8_t *tree, size_t length, uint32_t node, uint32_t cached,
                 staged_words_t *out) {
  if (node >= index->node_count || length >= NONE) return 0;
  const uint32_t first = index->first_child[node], count = index->child_count[node];
  if (first > index->node_count || count > index->node_count - first) return 0;
  comparison_t comparison = {.index = index, .out = out};
  uint8_t *seen = calloc((size_t)count + 1, 1);
  const int ok = seen != NULL && subtrees_of(&index->cached, cached, &comparison.subtrees, &comparison.subtree_count) &&
                 compare_all(&comparison, tree, length, node, seen);
  free(seen);
  free(comparison.subtrees);
  return ok;
}
