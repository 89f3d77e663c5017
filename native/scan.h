// The scan of one unit of directories, without anything of Node: see scan.c.
#ifndef QUICKSILVER_SCAN_H
#define QUICKSILVER_SCAN_H

#include <stddef.h>
#include <stdint.h>

// The recorded tree as columns: one value per node. Lengths are those of the arrays; every index is checked against
// them.
typedef struct {
  const uint8_t *names;
  size_t names_length;
  const uint32_t *path_offset;
  const uint16_t *path_length;
  const uint16_t *base_start;
  const uint32_t *first_child;
  const uint32_t *child_count;
  const uint16_t *flags;
  const uint32_t *size;
  const uint32_t *seconds;
  const uint32_t *nanoseconds;
  // Not 0: the stat alone never proves that the file is clean.
  const uint32_t *doubtful;
  // Seconds of the inode's last change and inode numbers, 32 bits each; NULL if they are not compared.
  const uint32_t *ctime_seconds;
  const uint32_t *inode;
  size_t node_count;
} columns_t;

// When a stat proves that a file is clean: (flags & mask) == value, and the stat equals the recorded one.
typedef struct {
  uint16_t mask;
  uint16_t value;
  // The flag of an executable file; 0 if the bit means nothing here.
  uint16_t executable;
  // The flag of any entry: a node without it is only a directory.
  uint16_t entry;
  // The flag of a symbolic link; 0 if links and files count alike.
  uint16_t symlink;
  // Not 0: seconds have 32 bits instead of 31.
  uint16_t whole_seconds;
  // Not 0: the owner is compared.
  uint16_t owned;
  uint32_t uid, gid;
} rule_t;

// The directories to scan: a node each, and the place of the parent in the plan (NONE for the root).
typedef struct {
  const uint32_t *nodes;
  const uint32_t *parents;
  // Not 0: skip this directory here.
  const uint8_t *skip;
  size_t count;
} plan_t;

// Names that directories had before: see listings.c.
typedef struct {
  const uint8_t *bytes;
  size_t length;
  // LISTING_WORDS for each directory.
  const uint32_t *directories;
  size_t count;
  // By node; as many as there are nodes.
  const uint32_t *of_node;
  // By directory; 0: its rule file has changed.
  const uint8_t *trusted;
  // Seconds of the time at which all of this was written; 0 if it is not known.
  uint32_t written_at;
  // The name of rule files.
  const char *rule_name;
} listings_t;

typedef struct {
  uint32_t *words;
  size_t count, capacity;
  char *names;
  size_t names_count, names_capacity;
  uint32_t stats;
  uint32_t directories_read;
  // There was not enough memory: what is here is worthless.
  int failed;
} result_t;

// Scans the directories plan[from..to) below `root`. `control` names the directory that makes its parent another
// repository. If `nests` is 0, a directory of that name is skipped everywhere. `listings` may be NULL. With them, a
// directory that has the same names as before is not read: then its ignored names are not reported.
void scan_unit(const char *root, const char *control, int nests, const columns_t *columns, const rule_t *rule, const plan_t *plan,
               const listings_t *listings, size_t from, size_t to, result_t *result);

// The child of this name among first..first+count, or 0xffffffff.
uint32_t find_child(const columns_t *columns, uint32_t first, uint32_t count, const char *name, size_t length);

void free_result(result_t *result);

#endif
