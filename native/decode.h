// The dirstate's bytes as columns, without anything of Node: see decode_v1.c and decode_v2.c.
#ifndef QUICKSILVER_DECODE_H
#define QUICKSILVER_DECODE_H

#include <stddef.h>
#include <stdint.h>

// One value a node, as in src/mercurial/dirstate/nodeTable.ts.
typedef struct {
  uint32_t *path_offset;
  uint16_t *path_length;
  uint16_t *base_start;
  uint32_t *first_child;
  uint32_t *child_count;
  uint16_t *flags;
  uint32_t *size;
  uint32_t *seconds;
  uint32_t *nanoseconds;
  uint32_t *copy_offset;
  uint16_t *copy_length;
  // Only of version 2.
  uint32_t *source_offset;
  size_t node_count;
  size_t entry_count;
} table_t;

// Makes the columns of a table of `count` nodes, all zeros; those of version 1 lack the last column. Columns may be
// too long: node_count is the number in use. The caller owns them. Returns 0 if memory is short.
typedef struct {
  int (*make)(void *context, size_t count, int with_source, table_t *table);
  void *context;
} maker_t;

// Numbers nobody can guess, for a table of names that strangers choose.
typedef struct {
  uint32_t seed;
  uint32_t multiplier;
} secret_t;

// Each returns 1 if the table is complete, 0 if the bytes are invalid or memory is short. The columns may exist in
// either case. `windows`: '\' and ':' in a name would lead elsewhere.
int decode_v1(const uint8_t *bytes, size_t length, int windows, secret_t secret, maker_t maker, table_t *table);
int decode_v2(const uint8_t *bytes, size_t length, int windows, uint32_t root_offset, uint32_t root_count,
              maker_t maker, table_t *table);

#endif
