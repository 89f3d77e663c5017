// Compares a tree of Git with a directory of the index, without anything of Node: see git_staged.c.
#ifndef QUICKSILVER_GIT_STAGED_H
#define QUICKSILVER_GIT_STAGED_H

#include <stddef.h>
#include <stdint.h>

// The extension TREE as columns, as in src/git/index/cacheTree.ts: one value a tree, each before its subtrees.
typedef struct {
  const uint8_t *bytes;
  size_t length;
  const uint32_t *name_at;
  const uint32_t *name_length;
  // Where the name of the tree is in the bytes, or NONE.
  const uint32_t *id_at;
  // The first tree that is not below.
  const uint32_t *end;
  size_t count;
} cached_trees_t;

// Where decode_cached_trees() puts them: malloc'd, the caller owns them.
typedef struct {
  uint32_t *columns[4];
  size_t count, room;
} decoded_trees_t;

// The index, as in src/git/index/indexTree.ts and entryList.ts.
typedef struct {
  const uint8_t *names;
  size_t names_length;
  const uint32_t *path_offset;
  const uint16_t *path_length;
  const uint16_t *base_start;
  const uint32_t *first_child;
  const uint32_t *child_count;
  const uint16_t *flags;
  const uint32_t *entry;
  size_t node_count;
  const uint8_t *bytes;
  size_t length;
  const uint32_t *at;
  size_t entry_count;
  size_t hash_length;
  cached_trees_t cached;
} staged_index_t;

typedef struct {
  uint32_t *words;
  size_t count, room;
} staged_words_t;

// Each returns 1 if the result is complete, 0 if the bytes are malformed or memory is short.
int decode_cached_trees(const uint8_t *bytes, size_t length, size_t hash_length, decoded_trees_t *out);
int compare_tree(const staged_index_t *index, const uint8_t *tree, size_t length, uint32_t node, uint32_t cached,
                 staged_words_t *out);

#endif
