// Decodes the data file of version 2: what src/mercurial/dirstate/decodeV2.ts does. As decode_v1.c.
#include "decode_common.h"

#define V2_NODE 44
#define LOW_31_BITS 0x7fffffffu

static uint32_t u16(const uint8_t *at) { return (uint32_t)at[0] << 8 | at[1]; }

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
  const size_t looked_at = length + (node->copy_offset == 0 ? 0 : copy_length);
  if (v2->budget < looked_at) return 0;
  v2->budget -= looked_at;
  const size_t parent_length = table->path_length[parent];
  if (node->base_start != (parent == 0 ? 0 : parent_length + 1) || length < node->base_start) return 0;
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

// Returns the largest possible number of nodes in the tree: entries of one name become one node. Returns 0 if there
// is none, or memory is short.
static size_t count_nodes(const v2_t *v2, uint32_t root_offset, uint32_t root_count) {
  typedef struct {
    uint32_t offset, count;
  } children_t;
  children_t *all = NULL;
  size_t room = 0, known = 0, nodes = 1;
  if (!enlarge((void **)&all, &room, sizeof *all)) return 0;
  all[known++] = (children_t){root_offset, root_count};
  for (size_t i = 0; i < known && nodes != 0; i++) {
    const size_t offset = all[i].offset, count = all[i].count;
    if (count == 0) continue;
    if (offset > v2->length || count > (v2->length - offset) / V2_NODE || count > v2->most - nodes) {
      nodes = 0;
      break;
    }
    nodes += count;
    for (const uint8_t *at = v2->bytes + offset; at < v2->bytes + offset + count * V2_NODE; at += V2_NODE) {
      if (u32(at + 18) == 0) continue;
      if (known == room && !enlarge((void **)&all, &room, sizeof *all)) {
        nodes = 0;
        break;
      }
      all[known++] = (children_t){u32(at + 14), u32(at + 18)};
    }
  }
  free(all);
  return nodes;
}

int decode_v2(const uint8_t *bytes, size_t length, int windows, uint32_t root_offset, uint32_t root_count,
              maker_t maker, table_t *table) {
  if (length > MAX_BYTES) return 0;
  v2_t v2 = {.bytes = bytes,
             .length = length,
             .windows = windows,
             .table = table,
             .most = length / V2_NODE + 1,
             .budget = most_path_bytes(length)};
  v2.most = count_nodes(&v2, root_offset, root_count);
  if (v2.most == 0 || !maker.make(maker.context, v2.most, 1, table)) return 0;
  size_t next = 1;
  int answer = read_children(&v2, 0, root_offset, root_count, &next);
  // Parents come before their children, so the nodes still to visit are those after the current one. All nodes of one
  // depth come before those of the next.
  size_t depth = 0, deeper = next;
  for (size_t node = 1; answer && node < next; node++) {
    if (node == deeper) {
      depth++;
      deeper = next;
    }
    if (depth == MAX_DEPTH && table->child_count[node] > 0) {
      answer = 0;
      break;
    }
    answer = read_children(&v2, node, table->first_child[node], table->child_count[node], &next);
  }
  free(v2.children);
  free(v2.names);
  if (answer) finish_table(table, next);
  return answer;
}
