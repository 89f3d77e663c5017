// A Git index as columns, without anything of Node: see git_index.c.
#ifndef QUICKSILVER_GIT_INDEX_H
#define QUICKSILVER_GIT_INDEX_H

#include <stddef.h>
#include <stdint.h>

// The entries in the order of the file, as in src/git/index/entryList.ts: one value an entry.
typedef struct {
  const uint8_t *bytes;
  size_t length;
  const uint8_t *names;
  size_t names_length;
  const uint32_t *at;
  const uint32_t *path_offset;
  const uint16_t *path_length;
  size_t count;
} entries_t;

// Where decode_git_entries() puts them: room for the number of entries in the header.
typedef struct {
  uint32_t *at;
  uint32_t *path_offset;
  uint16_t *path_length;
  // Only of version 4; malloc'd, the caller owns them. NULL in other versions: names are part of the bytes.
  uint8_t *names;
  size_t names_length;
  // Where the extensions begin.
  size_t next;
} decoded_entries_t;

// One value a node, as in src/git/index/indexTree.ts.
typedef struct {
  uint32_t *path_offset;
  uint16_t *path_length;
  uint16_t *base_start;
  uint32_t *first_child;
  uint32_t *child_count;
  uint16_t *flags;
  uint32_t *entry;
  uint32_t *size;
  uint32_t *seconds;
  uint32_t *nanoseconds;
  uint32_t *ctime_seconds;
  uint32_t *inode;
  uint32_t *doubtful;
  size_t node_count;
  size_t entry_count;
  // The flags that any node has.
  uint32_t all_flags;
} git_tree_t;

typedef struct {
  // Bytes of an object name, and the name of the empty blob.
  size_t hash_length;
  const uint8_t *empty_blob;
  uint32_t written_at;
  // Not 0: owners are compared.
  int owned;
  uint32_t uid, gid;
} git_tree_options_t;

// Makes the columns for `count` nodes, all zeros. The caller owns them. Returns 0 if memory is short.
typedef struct {
  int (*make)(void *context, size_t count, git_tree_t *tree);
  void *context;
} git_maker_t;

// Each returns 1 if the result is complete, 0 if the bytes are invalid or memory is short.
int decode_git_entries(const uint8_t *bytes, size_t length, size_t hash_length, decoded_entries_t *out);
int build_git_tree(const entries_t *entries, const git_tree_options_t *options, git_maker_t maker, git_tree_t *tree);

#endif
