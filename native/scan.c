// Scans directories of the working copy and reports only names that are not surely clean. It matches the names of each
// directory with the recorded ones, and each recorded file's stat with the recorded stat. A directory with only clean
// files and recorded names leaves no trace in the result. Everything else is reported by name and kind. JavaScript
// judges it; the only decision here is "surely clean".
//
// The result is a list of words. A reported directory has its place in the plan, its kind (PARTIAL, NESTED, WHOLE), and
// the number of items. Each item has three words:
//   node of the recorded child, or NONE; kind + length of the name * 8; place of the name in the names (if NONE).
// PARTIAL: only the items need a rescan. NESTED: the directory contains the control directory. WHOLE: nothing is known
// of the directory, and JavaScript scans it.
#define _GNU_SOURCE
#include "scan.h"

#include "listings.h"
#include "scan_result.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

#define NONE 0xffffffffu
enum { PARTIAL = 0, NESTED = 1, WHOLE = 2 };
enum { ABSENT = 0, REGULAR = 1, LINK = 2, DIRECTORY = 3, OTHER = 4, UNTOLD = 5 };

// Open directories on the way to the current one. Deeper directories are left to JavaScript.
#define MAX_DEPTH 96
#define MAX_NAME 255
#define LISTING_BYTES 65536
#define OPEN_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
// For a directory that is likely not to be read, which is opened faster so.
#ifdef O_PATH
#define PASS_FLAGS (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#else
#define PASS_FLAGS OPEN_FLAGS
#endif

// An open directory, compared with its listing.
typedef struct {
  // LISTING_NONE if there is none.
  uint32_t number;
  int has_same_names;
  // Its own rule file, and all above it.
  int has_same_rules;
  // The descriptor serves only what is below.
  int passes;
} known_t;

typedef struct {
  const columns_t *columns;
  const rule_t *rule;
  const plan_t *plan;
  const char *control;
  int nests;
  result_t *result;
  // The way to the current directory: places in the plan, and the open directories.
  uint32_t way[MAX_DEPTH];
  int fds[MAX_DEPTH];
  int depth;
  int root_fd;
  const listings_t *listings;
  known_t known[MAX_DEPTH];
  known_t root_known;
  // Which children of the current directory were met.
  uint8_t *seen;
  size_t seen_capacity;
  char *listing;
} scan_t;

static int open_again(int at, const char *name, int flags) {
  int fd;
  do fd = openat(at, name, flags);
  while (fd < 0 && errno == EINTR);
  return fd;
}

// The last component of a node's path. 0 if its place is impossible.
static int name_of(const columns_t *columns, uint32_t node, const uint8_t **name, size_t *length) {
  if (node >= columns->node_count) return 0;
  size_t start = columns->base_start[node], end = columns->path_length[node], offset = columns->path_offset[node];
  if (start > end || offset > columns->names_length || end > columns->names_length - offset) return 0;
  *name = columns->names + offset + start;
  *length = end - start;
  return 1;
}

// Compares an open directory with its listing. Its names are true only with the rules that held when it was listed:
// those of its own rule file, and of all above.
static known_t recall(const scan_t *scan, int fd, uint32_t node, const known_t *above) {
  const listings_t *listings = scan->listings;
  known_t known = {.number = LISTING_NONE};
  if (listings == NULL || (above != NULL && !above->has_same_rules)) return known;
  known.number = listing_of(listings, node);
  if (known.number == LISTING_NONE) return known;
  struct stat stat;
  scan->result->stats++;
  known.has_same_names = fstat(fd, &stat) == 0 && has_same_names(listings, known.number, &stat);
  const columns_t *columns = scan->columns;
  const uint32_t first = columns->first_child[node], count = columns->child_count[node];
  if (had_rules(listings, known.number)) {
    // The caller has compared the contents.
    known.has_same_rules = 1;
  } else if (find_child(columns, first, count, listings->rule_name, strlen(listings->rule_name)) != NONE) {
    // Git read no rule file there, perhaps because every name was recorded.
    known.has_same_names = 0;
  } else if (known.has_same_names) {
    known.has_same_rules = 1;
  } else {
    scan->result->stats++;
    known.has_same_rules = fstatat(fd, listings->rule_name, &stat, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT;
  }
  return known;
}

// Opens the directory at a place in the plan, and those above it as far as they are not open. Its descriptor, or -1.
static int open_directory(scan_t *scan, uint32_t place) {
  uint32_t way[MAX_DEPTH];
  int depth = 0;
  const plan_t *plan = scan->plan;
  for (uint32_t at = place; plan->parents[at] != NONE; at = plan->parents[at]) {
    if (depth == MAX_DEPTH) return -1;
    way[depth++] = at;
    // A parent comes before its children, so that this ends.
    if (plan->parents[at] >= at) return -1;
  }
  int common = 0;
  while (common < depth && common < scan->depth && scan->way[common] == way[depth - 1 - common]) common++;
  while (scan->depth > common) close(scan->fds[--scan->depth]);
  while (scan->depth < depth) {
    uint32_t at = way[depth - 1 - scan->depth];
    const uint8_t *bytes;
    size_t length;
    char name[MAX_NAME + 1];
    if (!name_of(scan->columns, plan->nodes[at], &bytes, &length) || length == 0 || length > MAX_NAME) return -1;
    memcpy(name, bytes, length);
    name[length] = 0;
    if (strlen(name) != length || strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, "..")) return -1;
    const uint32_t node = plan->nodes[at];
    const int is_listed = scan->listings != NULL && node < scan->columns->node_count && listing_of(scan->listings, node) != LISTING_NONE;
    const int parent = scan->depth ? scan->fds[scan->depth - 1] : scan->root_fd;
    const int fd = open_again(parent, name, is_listed ? PASS_FLAGS : OPEN_FLAGS);
    if (fd < 0) return -1;
    known_t *known = &scan->known[scan->depth];
    *known = is_listed ? recall(scan, fd, node, scan->depth ? known - 1 : &scan->root_known) : (known_t){.number = LISTING_NONE};
    known->passes = is_listed;
    scan->way[scan->depth] = at;
    scan->fds[scan->depth++] = fd;
  }
  return depth ? scan->fds[depth - 1] : scan->root_fd;
}

uint32_t find_child(const columns_t *columns, uint32_t first, uint32_t count, const char *name, size_t length) {
  uint32_t low = first, high = first + count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    const uint8_t *other;
    size_t other_length;
    if (!name_of(columns, middle, &other, &other_length)) return NONE;
    int order = memcmp(other, name, length < other_length ? length : other_length);
    if (order == 0) order = (other_length > length) - (other_length < length);
    if (order == 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return NONE;
}

static int is_clean(const scan_t *scan, uint32_t node, const struct stat *stat) {
  const columns_t *columns = scan->columns;
  const rule_t *rule = scan->rule;
  uint16_t flags = columns->flags[node];
  if ((flags & rule->mask) != rule->value || columns->doubtful[node] != 0) return 0;
  if (!S_ISREG(stat->st_mode) && !S_ISLNK(stat->st_mode)) return 0;
  if (stat->st_size < 0 || (uint64_t)stat->st_size != columns->size[node]) return 0;
  const int is_link = S_ISLNK(stat->st_mode);
  if (rule->symlink && is_link != ((flags & rule->symlink) != 0)) return 0;
  // Where the rule distinguishes links, their execute bit does not count.
  if (rule->executable && !(rule->symlink && is_link) && ((stat->st_mode & 0100) != 0) != ((flags & rule->executable) != 0)) return 0;
#ifdef __APPLE__
  const struct timespec time = stat->st_mtimespec, change = stat->st_ctimespec;
#else
  const struct timespec time = stat->st_mtim, change = stat->st_ctim;
#endif
  // Recorded times have 31 bits; nanoseconds of 0 mean that they are not known.
  const uint32_t bits = rule->whole_seconds ? 0xffffffffu : 0x7fffffffu;
  if (((uint32_t)(uint64_t)time.tv_sec & bits) != (columns->seconds[node] & bits)) return 0;
  if (columns->ctime_seconds && (uint32_t)(uint64_t)change.tv_sec != columns->ctime_seconds[node]) return 0;
  if (columns->inode && (uint32_t)stat->st_ino != columns->inode[node]) return 0;
  if (rule->owned && (stat->st_uid != rule->uid || stat->st_gid != rule->gid)) return 0;
  uint32_t recorded = columns->nanoseconds[node];
  return recorded == 0 || time.tv_nsec == 0 || (uint32_t)time.tv_nsec == recorded;
}

static uint32_t kind_of_entry(unsigned char type) {
  switch (type) {
    case DT_REG: return REGULAR;
    case DT_LNK: return LINK;
    case DT_DIR: return DIRECTORY;
    case DT_UNKNOWN: return UNTOLD;
    default: return OTHER;
  }
}

static uint32_t kind_of(mode_t mode) {
  return S_ISREG(mode) ? REGULAR : S_ISDIR(mode) ? DIRECTORY : S_ISLNK(mode) ? LINK : OTHER;
}

// True if a recorded name has nothing to report: a clean file, or a directory. `stat` is NULL if it is not known yet.
static int is_as_recorded(scan_t *scan, int fd, uint32_t child, const char *name, uint32_t kind, const struct stat *stat) {
  const columns_t *columns = scan->columns;
  const int is_entry = (columns->flags[child] & scan->rule->entry) != 0;
  if (kind == DIRECTORY) return !is_entry;
  if (!is_entry || columns->child_count[child] != 0 || (kind != REGULAR && kind != LINK)) return 0;
  struct stat own;
  if (stat == NULL && (columns->flags[child] & scan->rule->mask) == scan->rule->value) {
    scan->result->stats++;
    if (fstatat(fd, name, &own, AT_SYMLINK_NOFOLLOW) == 0) stat = &own;
  }
  return stat != NULL && is_clean(scan, child, stat);
}

// One name of a directory. Answers 0 if the directory is another repository.
static int meet(scan_t *scan, int fd, int is_root, uint32_t first, uint32_t count, const char *name,
                unsigned char type, uint32_t *items) {
  if (name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0))) return 1;
  result_t *result = scan->result;
  const columns_t *columns = scan->columns;
  size_t length = strlen(name);
  struct stat stat;
  int stated = 0;
  uint32_t kind = kind_of_entry(type);
  if (kind == UNTOLD) {
    result->stats++;
    // A name that vanished, or cannot be read, is left to JavaScript, which reports the reason.
    stated = fstatat(fd, name, &stat, AT_SYMLINK_NOFOLLOW) == 0;
    kind = stated ? kind_of(stat.st_mode) : OTHER;
  }
  if (strcmp(name, scan->control) == 0) {
    if (is_root || !scan->nests) {
      uint32_t child = find_child(columns, first, count, name, length);
      if (child != NONE) scan->seen[child - first] = 1;
      return 1;
    }
    if (kind == DIRECTORY) return 0;
  }
  uint32_t child = find_child(columns, first, count, name, length);
  if (child == NONE) {
    put(result, NONE);
    put(result, kind | (uint32_t)length << 3);
    put(result, put_name(result, name, length));
    ++*items;
    return 1;
  }
  scan->seen[child - first] = 1;
  if (is_as_recorded(scan, fd, child, name, kind, stated ? &stat : NULL)) return 1;
  put(result, child);
  put(result, kind);
  put(result, 0);
  ++*items;
  return 1;
}

// A directory that is not read, because it has the names that it had.
typedef struct {
  scan_t *scan;
  uint32_t first, count;
  uint32_t items;
} relisting_t;

static int meet_listed(void *context, const char *name, size_t length, int is_directory) {
  relisting_t *relisting = context;
  scan_t *scan = relisting->scan;
  if (length == 0 || memchr(name, '/', length) != NULL) return 0;
  if (strlen(scan->control) == length && memcmp(name, scan->control, length) == 0) return 1;
  if (find_child(scan->columns, relisting->first, relisting->count, name, length) != NONE) return 1;
  // A rule file that could not be read when the directory was listed.
  if (strlen(scan->listings->rule_name) == length && memcmp(name, scan->listings->rule_name, length) == 0 &&
      !had_rules(scan->listings, scan->depth ? scan->known[scan->depth - 1].number : scan->root_known.number)) {
    return 0;
  }
  put(scan->result, NONE);
  put(scan->result, (is_directory ? DIRECTORY : REGULAR) | (uint32_t)length << 3);
  put(scan->result, put_name(scan->result, name, length));
  relisting->items++;
  return 1;
}

// Looks up the recorded names of a directory, and takes the others from its listing. 0 if that cannot be done.
static int meet_again(scan_t *scan, int fd, uint32_t number, uint32_t first, uint32_t count, uint32_t *items) {
  const columns_t *columns = scan->columns;
  result_t *result = scan->result;
  relisting_t relisting = {.scan = scan, .first = first, .count = count};
  if (!list_names(scan->listings, number, meet_listed, &relisting)) return 0;
  for (uint32_t child = first; child < first + count; child++) {
    // A directory with a listing is opened when its own turn comes.
    const int is_entry = (columns->flags[child] & scan->rule->entry) != 0;
    if (!is_entry && listing_of(scan->listings, child) != LISTING_NONE) continue;
    const uint8_t *bytes;
    size_t length;
    char name[MAX_NAME + 1];
    struct stat stat;
    if (!name_of(columns, child, &bytes, &length) || length == 0 || length > MAX_NAME) return 0;
    memcpy(name, bytes, length);
    name[length] = 0;
    result->stats++;
    uint32_t kind = ABSENT;
    if (fstatat(fd, name, &stat, AT_SYMLINK_NOFOLLOW) == 0) kind = kind_of(stat.st_mode);
    else if (errno != ENOENT) return 0;
    if (kind != ABSENT && is_as_recorded(scan, fd, child, name, kind, &stat)) continue;
    put(result, child);
    put(result, kind);
    put(result, 0);
    relisting.items++;
  }
  *items = relisting.items;
  return 1;
}

// Calls meet() for each name of an open directory. 1: done, 0: another repository, -1: it could not be read.
#ifdef __linux__
struct entry64 {
  uint64_t inode;
  int64_t offset;
  unsigned short length;
  unsigned char type;
  char name[];
};

static int meet_all(scan_t *scan, int fd, int is_root, uint32_t first, uint32_t count, uint32_t *items) {
  // The descriptor of the root serves several directories' scans, and may have been read before.
  if (is_root && lseek(fd, 0, SEEK_SET) < 0) return -1;
  for (;;) {
    long got;
    do got = syscall(SYS_getdents64, fd, scan->listing, LISTING_BYTES);
    while (got < 0 && errno == EINTR);
    if (got <= 0) return got == 0 ? 1 : -1;
    for (long at = 0; at < got;) {
      const struct entry64 *entry = (const struct entry64 *)(scan->listing + at);
      if (entry->length == 0) return -1;
      at += entry->length;
      if (!meet(scan, fd, is_root, first, count, entry->name, entry->type, items)) return 0;
    }
  }
}
#else
static int meet_all(scan_t *scan, int fd, int is_root, uint32_t first, uint32_t count, uint32_t *items) {
  // fdopendir() takes the descriptor over, which is still needed for the directories below.
  int own = open_again(fd, ".", OPEN_FLAGS);
  DIR *directory = own < 0 ? NULL : fdopendir(own);
  if (directory == NULL) {
    if (own >= 0) close(own);
    return -1;
  }
  int answer = 1;
  for (;;) {
    errno = 0;
    const struct dirent *entry = readdir(directory);
    if (entry == NULL) {
      if (errno != 0) answer = -1;
      break;
    }
    if (!meet(scan, fd, is_root, first, count, entry->d_name, entry->d_type, items)) {
      answer = 0;
      break;
    }
  }
  closedir(directory);
  return answer;
}
#endif

// As meet_all(), for a descriptor that may only pass on to what is below.
static int read_names(scan_t *scan, int fd, int is_root, uint32_t first, uint32_t count, uint32_t *items) {
  if (is_root || !scan->known[scan->depth - 1].passes) return meet_all(scan, fd, is_root, first, count, items);
  const int own = open_again(fd, ".", OPEN_FLAGS);
  if (own < 0) return -1;
  const int answer = meet_all(scan, own, is_root, first, count, items);
  close(own);
  return answer;
}

static void scan_directory(scan_t *scan, uint32_t place) {
  const columns_t *columns = scan->columns;
  result_t *result = scan->result;
  uint32_t node = scan->plan->nodes[place];
  if (scan->plan->skip[place] || node >= columns->node_count) {
    tell(result, place, WHOLE);
    return;
  }
  uint32_t first = columns->first_child[node], count = columns->child_count[node];
  if (first > columns->node_count || count > columns->node_count - first) {
    tell(result, place, WHOLE);
    return;
  }
  int fd = open_directory(scan, place);
  if (fd < 0) {
    tell(result, place, WHOLE);
    return;
  }
  if (count > scan->seen_capacity) {
    uint8_t *seen = realloc(scan->seen, count);
    if (seen == NULL) {
      result->failed = 1;
      return;
    }
    scan->seen = seen;
    scan->seen_capacity = count;
  }
  if (count > 0) memset(scan->seen, 0, count);

  size_t start = result->count, names = result->names_count;
  uint32_t items = 0;
  tell(result, place, PARTIAL);
  const int is_root = scan->plan->parents[place] == NONE;
  const known_t *known = is_root ? &scan->root_known : &scan->known[scan->depth - 1];
  const int is_believed = known->has_same_names && meet_again(scan, fd, known->number, first, count, &items);
  int answer = 1;
  if (!is_believed) {
    result->count = start;
    result->names_count = names;
    items = 0;
    tell(result, place, PARTIAL);
    result->directories_read++;
    answer = read_names(scan, fd, is_root, first, count, &items);
  }
  if (answer == 1 && !is_believed) {
    for (uint32_t i = 0; i < count; i++) {
      if (scan->seen[i]) continue;
      put(result, first + i);
      put(result, ABSENT);
      put(result, 0);
      items++;
    }
  }
  if (result->failed) return;
  if (answer == 1 && items > 0) {
    result->words[start + 2] = items;
    return;
  }
  result->count = start;
  result->names_count = names;
  if (answer != 1) tell(result, place, answer == 0 ? NESTED : WHOLE);
}

void scan_unit(const char *root, const char *control, int nests, const columns_t *columns, const rule_t *rule, const plan_t *plan,
               const listings_t *listings, size_t from, size_t to, result_t *result) {
  scan_t scan = {.columns = columns, .rule = rule, .plan = plan, .control = control, .nests = nests, .result = result, .listings = listings};
  scan.listing = malloc(LISTING_BYTES);
  // The root itself may be reached through a symbolic link.
  do scan.root_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  while (scan.root_fd < 0 && errno == EINTR);
  scan.root_known = (known_t){.number = LISTING_NONE};
  if (listings != NULL && scan.root_fd >= 0) scan.root_known = recall(&scan, scan.root_fd, 0, NULL);
  if (scan.listing == NULL) {
    result->failed = 1;
  } else {
    for (size_t place = from; place < to && place < plan->count && !result->failed; place++) {
      if (scan.root_fd < 0) tell(result, (uint32_t)place, WHOLE);
      else scan_directory(&scan, (uint32_t)place);
    }
  }
  while (scan.depth > 0) close(scan.fds[--scan.depth]);
  if (scan.root_fd >= 0) close(scan.root_fd);
  free(scan.seen);
  free(scan.listing);
}

void free_result(result_t *result) {
  free(result->words);
  free(result->names);
  result->words = NULL;
  result->names = NULL;
}
