// Lists of names that directories had when they had a certain stat: see listings.c.
#ifndef QUICKSILVER_LISTINGS_H
#define QUICKSILVER_LISTINGS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "scan.h"

// Words of a directory.
enum {
  LISTING_NAME,
  LISTING_PARENT,
  // The first directory that is not below.
  LISTING_END,
  // Where its unrecorded names begin in the bytes, each ended by NUL, and how many there are.
  LISTING_NAMES,
  LISTING_COUNT,
  // Where its stat is in the bytes, or NONE: then its names are not known.
  LISTING_STAT,
  // Where the name of its rule file's content is, or NONE: it had no rule file.
  LISTING_RULES,
  LISTING_WORDS
};

// The result of decode_listings(): malloc'd, the caller owns it.
typedef struct {
  uint32_t *directories;
  size_t count, room;
  // By node of the recorded tree: the number of the directory, or NONE. The caller makes it.
  uint32_t *of_node;
  // Places in the bytes: the identification and its length, flags, names of contents of two rule files.
  uint32_t ident, ident_length, flags, exclude, excludes_file;
  // The place of the name of rule files in directories.
  uint32_t rule_name;
} decoded_listings_t;

// 1 if the result is complete, 0 if the bytes are malformed or memory is short.
int decode_listings(const uint8_t *bytes, size_t length, size_t hash_length, const columns_t *columns, decoded_listings_t *out);

// The number of a recorded directory's listing; LISTING_NONE if there is none that may be believed.
#define LISTING_NONE 0xffffffffu
uint32_t listing_of(const listings_t *listings, uint32_t node);

// True if the directory still has the stat that it had when it was listed, so that it has the same names.
int has_same_names(const listings_t *listings, uint32_t number, const struct stat *stat);

// True if the directory had a rule file when it was listed.
int had_rules(const listings_t *listings, uint32_t number);

// Calls `met` for each unrecorded name of a directory, and for each directory below that was entered; a name may come
// twice. `is_directory` as far as it is known. 0 if the listing is malformed or `met` returned 0.
typedef int (*met_t)(void *context, const char *name, size_t length, int is_directory);
int list_names(const listings_t *listings, uint32_t number, met_t met, void *context);

#endif
