/* Measures how fast the operating system answers what every status asks: the floor under every implementation.
 *
 * `floor ROOT THREADS walk SKIP...` reads every directory below ROOT and stats every entry that is not a directory. It
 * skips the entries of ROOT named SKIP.
 *
 * `floor ROOT THREADS list FILE` stats the paths in FILE, each ended by NUL and relative to ROOT.
 *
 * Prints milliseconds and counts, without the time to start and to read FILE. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MAX_THREADS 64
#define BATCH 512

static int thread_count;
static char **skipped;
static int skipped_count;

/* Directories yet to be read: a stack that all threads share. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static char **pending;
static size_t pending_count, pending_room;
static int idle, finished;

static char **paths;
static size_t path_count, next_path;

static long files, directories;
static volatile long long checksum; /* Keeps the compiler from leaving the stats out. */

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void *room(void *old, size_t bytes) {
  void *block = realloc(old, bytes);
  if (block == NULL) fail("memory");
  return block;
}

static void push(char *path) {
  if (pending_count == pending_room) {
    pending_room = pending_room ? 2 * pending_room : 1024;
    pending = room(pending, pending_room * sizeof *pending);
  }
  pending[pending_count++] = path;
}

static char *take(void) {
  char *path = NULL;
  pthread_mutex_lock(&lock);
  idle++;
  while (pending_count == 0 && !finished) {
    if (idle == thread_count) {
      finished = 1;
      pthread_cond_broadcast(&changed);
    } else {
      pthread_cond_wait(&changed, &lock);
    }
  }
  idle--;
  if (pending_count > 0) path = pending[--pending_count];
  pthread_mutex_unlock(&lock);
  return path;
}

static int is_skipped(const char *directory, const char *name) {
  if (strcmp(directory, ".") != 0) return 0;
  for (int index = 0; index < skipped_count; index++)
    if (strcmp(name, skipped[index]) == 0) return 1;
  return 0;
}

static char *join(const char *directory, const char *name) {
  size_t front = strcmp(directory, ".") == 0 ? 0 : strlen(directory) + 1;
  char *path = room(NULL, front + strlen(name) + 1);
  if (front > 0) {
    memcpy(path, directory, front - 1);
    path[front - 1] = '/';
  }
  strcpy(path + front, name);
  return path;
}

static void *walk(void *unused) {
  long own_files = 0, own_directories = 0;
  long long own_sum = 0;
  char *found[BATCH];
  (void)unused;
  for (char *path = take(); path != NULL; path = take()) {
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *stream = descriptor < 0 ? NULL : fdopendir(descriptor);
    if (stream == NULL) fail(path);
    own_directories++;
    int count = 0;
    for (;;) {
      struct dirent *entry = readdir(stream);
      int is_directory = entry != NULL && entry->d_type == DT_DIR;
      if (is_directory && strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
          !is_skipped(path, entry->d_name))
        found[count++] = join(path, entry->d_name);
      if (count == BATCH || (entry == NULL && count > 0)) {
        pthread_mutex_lock(&lock);
        for (int index = 0; index < count; index++) push(found[index]);
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&lock);
        count = 0;
      }
      if (entry == NULL) break;
      if (is_directory) continue;
      struct stat state;
      if (fstatat(descriptor, entry->d_name, &state, AT_SYMLINK_NOFOLLOW) == 0) {
        own_sum += state.st_size + state.st_mtim.tv_nsec;
        own_files++;
      }
    }
    closedir(stream);
    free(path);
  }
  pthread_mutex_lock(&lock);
  files += own_files;
  directories += own_directories;
  checksum += own_sum;
  pthread_mutex_unlock(&lock);
  return NULL;
}

static void *stat_list(void *unused) {
  long own_files = 0;
  long long own_sum = 0;
  (void)unused;
  for (;;) {
    size_t from = __atomic_fetch_add(&next_path, BATCH, __ATOMIC_RELAXED);
    if (from >= path_count) break;
    size_t to = from + BATCH < path_count ? from + BATCH : path_count;
    for (size_t index = from; index < to; index++) {
      struct stat state;
      if (lstat(paths[index], &state) == 0) {
        own_sum += state.st_size + state.st_mtim.tv_nsec;
        own_files++;
      }
    }
  }
  pthread_mutex_lock(&lock);
  files += own_files;
  checksum += own_sum;
  pthread_mutex_unlock(&lock);
  return NULL;
}

static void read_list(const char *name) {
  FILE *file = fopen(name, "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) != 0) fail(name);
  long size = ftell(file);
  rewind(file);
  char *text = room(NULL, (size_t)size + 1);
  if (fread(text, 1, (size_t)size, file) != (size_t)size) fail(name);
  text[size] = '\0';
  fclose(file);
  for (char *at = text; at < text + size; at += strlen(at) + 1) {
    if (path_count % 65536 == 0) paths = room(paths, (path_count + 65536) * sizeof *paths);
    paths[path_count++] = at;
  }
}

int main(int count, char **arguments) {
  if (count < 4) {
    fprintf(stderr, "usage: floor ROOT THREADS walk SKIP... | floor ROOT THREADS list FILE\n");
    return 2;
  }
  thread_count = atoi(arguments[2]);
  if (thread_count < 1 || thread_count > MAX_THREADS) {
    fprintf(stderr, "1 to %d threads\n", MAX_THREADS);
    return 2;
  }
  int is_walk = strcmp(arguments[3], "walk") == 0;
  if (is_walk) {
    skipped = arguments + 4;
    skipped_count = count - 4;
    push(strdup("."));
  } else {
    if (count < 5) fail("no list");
    read_list(arguments[4]);
  }
  if (chdir(arguments[1]) != 0) fail(arguments[1]);
  pthread_t threads[MAX_THREADS];
  struct timespec before, after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  for (int index = 0; index < thread_count; index++)
    if (pthread_create(&threads[index], NULL, is_walk ? walk : stat_list, NULL) != 0) fail("thread");
  for (int index = 0; index < thread_count; index++) pthread_join(threads[index], NULL);
  clock_gettime(CLOCK_MONOTONIC, &after);
  double milliseconds = (double)(after.tv_sec - before.tv_sec) * 1e3 + (double)(after.tv_nsec - before.tv_nsec) / 1e6;
  printf("%.3f %ld %ld\n", milliseconds, files, directories);
  return 0;
}
