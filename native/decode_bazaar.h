// Rows of a Bazaar dirstate, without anything of Node: see decode_bazaar.c.
#ifndef QUICKSILVER_DECODE_BAZAAR_H
#define QUICKSILVER_DECODE_BAZAAR_H

#include <stddef.h>
#include <stdint.h>

// One value a node, as in src/bazaar/dirstate/dirstateTree.ts; `capacity` nodes fit.
typedef struct {
  uint32_t *path_offset;
  uint16_t *path_length;
  uint16_t *base_start;
  uint32_t *first_child;
  uint32_t *child_count;
  uint16_t *flags;
  uint32_t *size;
  uint32_t *seconds;
  uint32_t *ctime;
  uint32_t *inode;
  uint32_t *doubtful;
  uint32_t *working;
  uint32_t *base;
  size_t capacity;
} bazaar_columns_t;

// How far the decoder is: the order is that of src/bazaar/dirstate/plainRows.ts.
typedef struct {
  uint32_t at;
  // The last node.
  uint32_t node;
  uint32_t rows_left;
  // The directory of the last row, and its node.
  uint32_t block_offset;
  uint32_t block_length;
  uint32_t parent;
  uint32_t has_same_parent;
  uint32_t trees;
  uint32_t device;
} bazaar_state_t;

// Takes rows as long as they are plain. Then the working tree and the first parent have the same kind of thing at the
// path, or nothing. Changes the bytes as decodeDirstate.ts does. Stops at any other row, and at damage.
void take_plain_rows(uint8_t *bytes, size_t length, const bazaar_columns_t *columns, bazaar_state_t *state);

#endif
