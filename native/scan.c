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
// Bytes of the reported names of one unit.
#define MAX_NAME_BYTES 0x40000000u
#define OPEN_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)

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
  // Which children of the current directory were met.
  uint8_t *seen;
  size_t seen_capacity;
  char *listing;
} scan_t;

static int open_again(int at, const char *name) {
  int fd;
  do fd = openat(at, name, OPEN_FLAGS);
  while (fd < 0 && errno == EINTR);
  return fd;
}

static void put(result_t *result, uint32_t word) {
  if (result->count == result->capacity) {
    size_t capacity = result->capacity ? result->capacity * 2 : 256;
    uint32_t *words = result->failed ? NULL : realloc(result->words, capacity * sizeof *words);
    if (words == NULL) {
      result->failed = 1;
      return;
    }
    result->words = words;
    result->capacity = capacity;
  }
  result->words[result->count++] = word;
}

static uint32_t put_name(result_t *result, const char *name, size_t length) {
  if (result->names_count + length > MAX_NAME_BYTES) result->failed = 1;
  if (result->names_count + length > result->names_capacity) {
    size_t capacity = result->names_capacity * 2 + length + 256;
    char *names = result->failed ? NULL : realloc(result->names, capacity);
    if (names == NULL) {
      result->failed = 1;
      return 0;
    }
    result->names = names;
    result->names_capacity = capacity;
  }
  memcpy(result->names + result->names_count, name, length);
  result->names_count += length;
  return (uint32_t)(result->names_count - length);
}

static void tell(result_t *result, uint32_t place, uint32_t what) {
  put(result, place);
  put(result, what);
  put(result, 0);
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
    int fd = open_again(scan->depth ? scan->fds[scan->depth - 1] : scan->root_fd, name);
    if (fd < 0) return -1;
    scan->way[scan->depth] = at;
    scan->fds[scan->depth++] = fd;
  }
  return depth ? scan->fds[depth - 1] : scan->root_fd;
}

// The child of this name among first..first+count, or NONE.
static uint32_t find_child(const columns_t *columns, uint32_t first, uint32_t count, const char *name, size_t length) {
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

static uint32_t kind_of(mode_t mode) {
  return S_ISREG(mode) ? REGULAR : S_ISDIR(mode) ? DIRECTORY : S_ISLNK(mode) ? LINK : OTHER;
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
  int is_entry = (columns->flags[child] & scan->rule->entry) != 0;
  if (kind == DIRECTORY) {
    if (!is_entry) return 1;
  } else if (is_entry && columns->child_count[child] == 0 && (kind == REGULAR || kind == LINK)) {
    if ((columns->flags[child] & scan->rule->mask) == scan->rule->value && !stated) {
      result->stats++;
      stated = fstatat(fd, name, &stat, AT_SYMLINK_NOFOLLOW) == 0;
    }
    if (stated && is_clean(scan, child, &stat)) return 1;
  }
  put(result, child);
  put(result, kind);
  put(result, 0);
  ++*items;
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
  int own = open_again(fd, ".");
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
  result->directories_read++;
  int answer = meet_all(scan, fd, scan->plan->parents[place] == NONE, first, count, &items);
  if (answer == 1) {
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
               size_t from, size_t to, result_t *result) {
  scan_t scan = {.columns = columns, .rule = rule, .plan = plan, .control = control, .nests = nests, .result = result};
  scan.listing = malloc(LISTING_BYTES);
  // The root itself may be reached through a symbolic link.
  do scan.root_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  while (scan.root_fd < 0 && errno == EINTR);
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
