// A client of the shared server for prompts and scripts: starting Node would take longer than the answer.
//   quicksilver-client prompt [--shell=bash|zsh|fish|starship] [--format=TEXT]
//   quicksilver-client status      the lines of `hg status` under HGPLAIN; exit code 2 without an exact answer
//   quicksilver-client git-hook 2 TOKEN      as Git's core.fsmonitor: paths that may have changed since the token
// docs/server-protocol.md describes the requests. Without a server, prompt starts one and prints nothing.
#define _GNU_SOURCE // strcasestr
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

enum { PROMPT_MS = 50, STATUS_MS = 250, HOOK_MS = 250, MOST_ANSWER = 64 << 20, MOST_REQUEST = 1 << 20 };

static const char *const VARIABLES[] = {"HGRCPATH", "HGRCSKIPREPO", "HOME", "XDG_CONFIG_HOME", "PATH"};

// Fields that end with a NUL.
typedef struct {
  char *bytes;
  size_t length, capacity;
  bool failed;
} buffer_t;

static void append(buffer_t *buffer, const char *bytes, size_t length) {
  if (buffer->failed || buffer->length + length > MOST_ANSWER) {
    buffer->failed = true;
    return;
  }
  if (buffer->length + length > buffer->capacity) {
    size_t capacity = buffer->capacity == 0 ? 4096 : buffer->capacity;
    while (capacity < buffer->length + length) capacity *= 2;
    char *larger = realloc(buffer->bytes, capacity);
    if (larger == NULL) {
      buffer->failed = true;
      return;
    }
    buffer->bytes = larger;
    buffer->capacity = capacity;
  }
  memcpy(buffer->bytes + buffer->length, bytes, length);
  buffer->length += length;
}

static void field(buffer_t *buffer, const char *name, const char *value) {
  append(buffer, name, strlen(name));
  append(buffer, "=", 1);
  append(buffer, value, strlen(value) + 1);
}

// True if a directory is the user's own and closed to everybody else.
static bool is_private(const char *path) {
  struct stat found;
  return lstat(path, &found) == 0 && S_ISDIR(found.st_mode) && found.st_uid == geteuid() && (found.st_mode & 077) == 0;
}

// Writes the server's address, by the rule of src/daemon/runtimeDirectory.ts. False if there can be none.
static bool address_of(struct sockaddr_un *address) {
  char directory[PATH_MAX];
  const char *own = getenv("QUICKSILVER_RUNTIME_DIRECTORY"), *session = getenv("XDG_RUNTIME_DIR");
  const char *temporary = getenv("TMPDIR");
  if (own != NULL && own[0] == '/') snprintf(directory, sizeof directory, "%s", own);
  else if (session != NULL && session[0] == '/' && is_private(session))
    snprintf(directory, sizeof directory, "%s/quicksilver", session);
  else
    snprintf(directory, sizeof directory, "%s/quicksilver-%lu",
             temporary != NULL && temporary[0] == '/' ? temporary : "/tmp", (unsigned long)geteuid());
  if (!is_private(directory)) return false;
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  const int length = snprintf(address->sun_path, sizeof address->sun_path, "%s/qs1.sock", directory);
  return length > 0 && (size_t)length < sizeof address->sun_path;
}

// The root of the repository around the current directory. False if there is none: then nothing is asked.
static bool find_root(char root[PATH_MAX]) {
  if (getcwd(root, PATH_MAX) == NULL) return false;
  for (;;) {
    char control[PATH_MAX + 8];
    struct stat found;
    snprintf(control, sizeof control, "%s/.hg", strcmp(root, "/") == 0 ? "" : root);
    if (stat(control, &found) == 0 && S_ISDIR(found.st_mode)) return true;
    char *slash = strrchr(root, '/');
    if (slash == NULL || strcmp(root, "/") == 0) return false;
    slash[slash == root ? 1 : 0] = 0;
  }
}

static long now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

// False if the kernel knows that another user listens. The private directory keeps others out in any case.
static bool is_own_peer(int file) {
#ifdef SO_PEERCRED
  struct ucred peer;
  socklen_t length = sizeof peer;
  return getsockopt(file, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0 || peer.uid == geteuid();
#else
  (void)file;
  return true;
#endif
}

typedef enum { ANSWERED, ABSENT, SILENT } outcome_t;

// Sends the request and reads the whole answer before the deadline.
static outcome_t exchange(const buffer_t *request, buffer_t *answer, int milliseconds) {
  struct sockaddr_un address;
  if (!address_of(&address)) return ABSENT;
  const int file = socket(AF_UNIX, SOCK_STREAM, 0);
  if (file < 0) return SILENT;
  const long end = now_ms() + milliseconds;
  struct timeval limit = {milliseconds / 1000, milliseconds % 1000 * 1000};
  setsockopt(file, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  outcome_t outcome = SILENT;
  if (connect(file, (struct sockaddr *)&address, sizeof address) != 0) {
    if (errno == ENOENT || errno == ECONNREFUSED) outcome = ABSENT;
    close(file);
    return outcome;
  }
  if (!is_own_peer(file)) {
    close(file);
    return outcome;
  }
  for (size_t sent = 0; sent < request->length;) {
    const ssize_t count = send(file, request->bytes + sent, request->length - sent, MSG_NOSIGNAL);
    if (count <= 0) {
      close(file);
      return SILENT;
    }
    sent += (size_t)count;
  }
  for (;;) {
    static char bytes[1 << 16];
    const long rest = end - now_ms();
    struct pollfd ready = {file, POLLIN, 0};
    if (rest <= 0 || poll(&ready, 1, (int)rest) <= 0) break;
    const ssize_t count = read(file, bytes, sizeof bytes);
    if (count < 0) break;
    if (count == 0) {
      const bool whole = answer->length >= 6 && memcmp(answer->bytes + answer->length - 6, "\0end\0\0", 6) == 0;
      if (whole && !answer->failed) outcome = ANSWERED;
      break;
    }
    append(answer, bytes, (size_t)count);
  }
  close(file);
  return outcome;
}

// A field of the request beside those that all requests have.
typedef struct {
  const char *name, *value;
} extra_t;

static outcome_t ask(const char *method, const char *root, const extra_t *extras, buffer_t *answer, int milliseconds) {
  buffer_t request = {0};
  struct stat found;
  char text[PATH_MAX];
  if (stat(root, &found) != 0) return SILENT;
  append(&request, "quicksilver/1", 14);
  append(&request, method, strlen(method) + 1);
  field(&request, "root", root);
  snprintf(text, sizeof text, "%llu:%llu", (unsigned long long)found.st_dev, (unsigned long long)found.st_ino);
  field(&request, "id", text);
  const ssize_t length = readlink("/proc/self/ns/mnt", text, sizeof text - 1);
  text[length < 0 ? 0 : length] = 0;
  field(&request, "mount", length < 0 ? "-" : text);
  snprintf(text, sizeof text, "%d", milliseconds * 4 / 5);
  field(&request, "deadline", text);
  for (size_t i = 0; i < sizeof VARIABLES / sizeof *VARIABLES; i++) {
    const char *value = getenv(VARIABLES[i]);
    snprintf(text, sizeof text, "env.%s", VARIABLES[i]);
    if (value != NULL) field(&request, text, value);
  }
  for (; extras != NULL && extras->name != NULL; extras++) field(&request, extras->name, extras->value);
  append(&request, "", 1);
  return request.failed || request.length > MOST_REQUEST ? SILENT : exchange(&request, answer, milliseconds);
}

// Returns the length of the character in UTF-8 that begins here, or 1 for a byte of something else.
static int character_length(const unsigned char *at) {
  const int length = at[0] >= 0xc2 && at[0] <= 0xdf ? 2 : (at[0] & 0xf0) == 0xe0 ? 3 : at[0] >= 0xf0 && at[0] <= 0xf4 ? 4 : 1;
  // A name ends with a NUL, which continues no character.
  for (int i = 1; i < length; i++) if ((at[i] & 0xc0) != 0x80) return 1;
  return length;
}

// True for a soft hyphen, marks of direction, and what has no width; src/cli/prompt.ts has the same list.
static bool is_unseen(const unsigned char *at, int length) {
  const unsigned second = length > 1 ? at[1] : 0, third = length > 2 ? at[2] : 0;
  switch (length > 1 ? at[0] : 0) {
    case 0xc2: return second == 0xad;
    case 0xd8: return second == 0x9c;
    case 0xe1: return second == 0xa0 && third == 0x8e;
    case 0xe2:
      if (second == 0x80) return (third >= 0x8b && third <= 0x8f) || (third >= 0xa8 && third <= 0xae);
      return second == 0x81 && third >= 0xa0 && third <= 0xaf;
    case 0xef: return (second == 0xbb && third == 0xbf) || (second == 0xbf && third >= 0xb9 && third <= 0xbb);
    case 0xf3: return second == 0xa0;
    default: return false;
  }
}

// Prints a name from the repository so that the shell takes no part of it for an expansion, and the terminal none for
// a command.
static void print_name(const char *name, const char *shell) {
  const bool is_fish = strcmp(shell, "fish") == 0, is_zsh = strcmp(shell, "zsh") == 0, is_plain = shell[0] == 0;
  int length = 1;
  for (const char *at = name; *at != 0; at += length) {
    const unsigned char *bytes = (const unsigned char *)at, byte = bytes[0];
    length = character_length(bytes);
    if (byte < 0x20 || (byte >= 0x7f && byte < 0xa0) || (byte == 0xc2 && length == 2 && bytes[1] < 0xa0)) continue;
    if (is_unseen(bytes, length)) fputs("\xef\xbf\xbd", stdout);
    else if (length > 1) fwrite(at, 1, (size_t)length, stdout);
    else if (is_zsh && byte == '%') fputs("%%", stdout);
    else if (!is_plain && !is_fish && strchr("$`\\!\"'", byte) != NULL) putchar('_');
    else putchar(byte);
  }
}

// The fields of a prompt; counts are M A R ! ? and conflicts.
typedef struct {
  const char *branch, *bookmark, *topic, *operation, *state;
  unsigned long counts[6];
} prompt_t;

static const char COUNTED[] = "MAR!?C";

static void print_literal(char byte, const char *shell) {
  if (byte == '%' && strcmp(shell, "zsh") == 0) putchar('%');
  putchar(byte);
}

static void print_format(const prompt_t *prompt, const char *format, const char *shell) {
  for (const char *at = format; *at != 0; at++) {
    if (*at != '%' || at[1] == 0) {
      print_literal(*at, "");
      continue;
    }
    const char *counted = strchr(COUNTED, *++at);
    if (counted != NULL) printf("%lu", prompt->counts[counted - COUNTED]);
    else if (*at == 'b') print_name(prompt->branch, shell);
    else if (*at == 'm') print_name(prompt->bookmark, shell);
    else if (*at == 't') print_name(prompt->topic, shell);
    else if (*at == 'o') print_name(prompt->operation, shell);
    else if (*at == 's') fputs(prompt->state, stdout);
    else print_literal(*at, shell);
  }
}

static void print_ready(const prompt_t *prompt, const char *shell) {
  print_name(prompt->branch, shell);
  if (prompt->topic[0] != 0) putchar(':'), print_name(prompt->topic, shell);
  if (prompt->bookmark[0] != 0) putchar('@'), print_name(prompt->bookmark, shell);
  if (prompt->operation[0] != 0) putchar('|'), print_name(prompt->operation, shell);
  for (int i = 0; i < 6; i++) {
    // A shell may take an exclamation mark for history.
    if (prompt->counts[i] > 0) printf(" %c%lu", COUNTED[i] == '!' && shell[0] != 0 ? 'D' : COUNTED[i], prompt->counts[i]);
  }
  if (prompt->state[0] == '~') putchar('~');
}

static int show_prompt(const buffer_t *answer, const char *shell, const char *format) {
  prompt_t prompt = {"", "", "", "", "", {0}};
  const char *end = answer->bytes + answer->length - 5;
  for (const char *at = answer->bytes; at < end; at += strlen(at) + 1) {
    if (at[0] == 0 || at[1] != ':') continue;
    switch (at[0]) {
      case 'b': prompt.branch = at + 2; break;
      case 'm': prompt.bookmark = at + 2; break;
      case 't': prompt.topic = at + 2; break;
      case 'o': prompt.operation = at + 2; break;
      case 's': prompt.state = at + 2; break;
      case 'n':
        if (sscanf(at + 2, "%lu %lu %lu %lu %lu %lu", &prompt.counts[0], &prompt.counts[1], &prompt.counts[2],
                   &prompt.counts[3], &prompt.counts[4], &prompt.counts[5]) != 6) return 0;
        break;
    }
  }
  if (format != NULL) print_format(&prompt, format, shell);
  else if (shell[0] != 0) print_ready(&prompt, shell);
  else print_format(&prompt, "%b\t%m\t%t\t%o\t%M %A %R %! %? %C\t%s", shell);
  putchar('\n');
  return 0;
}

// Starts a server in the background, for the next prompt.
static void start_server(void) {
  const char *allowed = getenv("QUICKSILVER_SERVER");
  if (allowed != NULL && strcmp(allowed, "off") == 0) return;
  if (fork() != 0) return;
  setsid();
  for (int file = 0; file < 3; file++) close(file);
  execlp("quicksilver", "quicksilver", "daemon", "start", (char *)NULL);
  _exit(127);
}

static int by_listing_order(const void *a, const void *b) {
  const char *left = *(const char *const *)a, *right = *(const char *const *)b;
  static const char ORDER[] = "MAR!?";
  const long difference = strchr(ORDER, left[0]) - strchr(ORDER, right[0]);
  return difference != 0 ? (int)difference : strcmp(left + 2, right + 2);
}

static int show_status(const buffer_t *answer) {
  const char *end = answer->bytes + answer->length - 5, *at = answer->bytes;
  if (strcmp(at, "exact") != 0) return 2;
  while (at < end && strcmp(at, "entries=") != 0) at += strlen(at) + 1;
  if (at >= end) return 2;
  const char *first = at + strlen(at) + 1;
  size_t count = 0;
  for (at = first; at < end; at += strlen(at) + 1) count += at[0] != ' ';
  const char **entries = calloc(count + 1, sizeof *entries);
  if (entries == NULL) return 2;
  count = 0;
  for (at = first; at < end; at += strlen(at) + 1) {
    if (at[0] == ' ') continue;
    if (at[0] == 0 || strchr("MAR!?", at[0]) == NULL || at[1] != ' ') return 2;
    entries[count++] = at;
  }
  qsort(entries, count, sizeof *entries, by_listing_order);
  const bool is_terminal = isatty(STDOUT_FILENO) == 1;
  for (size_t i = 0; i < count; i++) {
    if (is_terminal) print_name(entries[i], ""), putchar('\n');
    else puts(entries[i]);
  }
  free(entries);
  return 0;
}

// Everything may have changed: Git looks for itself. A token that it keeps must be an older one, or nobody's.
static int everything_changed(const char *token) {
  fputs(token[0] == 0 ? "qs0" : token, stdout);
  fwrite("\0/", 1, 3, stdout);
  return 0;
}

// The last character of a token that came with "everything".
enum { MARK = '!' };

// True if a text may set configuration that changes which files are ignored.
static bool sets_rules(const char *text) {
  return text != NULL && (strcasestr(text, "excludesfile") != NULL || strcasestr(text, "include") != NULL ||
                          strcasestr(text, "ignorecase") != NULL);
}

// True if a file may set such configuration. One that is too long for a look counts as such.
static bool file_sets_rules(const char *path) {
  static char text[1 << 16];
  FILE *file = fopen(path, "r");
  if (file == NULL) return false;
  const size_t length = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[length] = 0;
  return length == sizeof text - 1 || sets_rules(text);
}

// True if two paths lead to one file.
static bool is_same(const char *a, const char *b) {
  struct stat first, second;
  return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

// True if Git reads the index and the ignore rules that the server follows. With others, Git keeps facts of directories
// that the server does not watch.
static bool is_as_followed(const char *control) {
  char directory[PATH_MAX + 8], index[PATH_MAX + 16], name[48];
  snprintf(directory, sizeof directory, "%s", control);
  struct stat found;
  if (stat(control, &found) != 0) return false;
  if (!S_ISDIR(found.st_mode)) {
    // A linked worktree or a submodule has a file with the path, which may be relative.
    FILE *file = fopen(control, "r");
    if (file == NULL) return false;
    const bool is_read = fgets(directory, sizeof directory, file) != NULL;
    fclose(file);
    if (!is_read || strncmp(directory, "gitdir: ", 8) != 0) return false;
    memmove(directory, directory + 8, strlen(directory + 8) + 1);
    directory[strcspn(directory, "\n")] = 0;
  }
  const char *own = getenv("GIT_DIR"), *used = getenv("GIT_INDEX_FILE"), *without = getenv("GIT_CONFIG_NOSYSTEM");
  snprintf(index, sizeof index, "%s/index", directory);
  if ((own != NULL && !is_same(own, directory)) || (used != NULL && !is_same(used, index))) return false;
  if (getenv("GIT_COMMON_DIR") != NULL || getenv("GIT_CONFIG_GLOBAL") != NULL || getenv("GIT_CONFIG_SYSTEM") != NULL)
    return false;
  if (without != NULL && file_sets_rules("/etc/gitconfig")) return false;
  const char *count = getenv("GIT_CONFIG_COUNT");
  for (int i = 0, end = count == NULL ? 0 : atoi(count); i < end; i++) {
    snprintf(name, sizeof name, "GIT_CONFIG_KEY_%d", i);
    if (sets_rules(getenv(name))) return false;
  }
  return !sets_rules(getenv("GIT_CONFIG_PARAMETERS"));
}

// Names a path. It may be, or have been, a file or a directory. Git has three parts of memory: the file, the files
// below a directory, and which files of a directory are untracked. The last one it forgets if a file is named in it.
static void print_changed(const char *path) { printf("%s%c%s/%c%s/-%c", path, 0, path, 0, path, 0); }

// Git runs its hook in the root of the working tree, and takes the paths that may have changed, each with a NUL.
//
// A slash alone means everything. Git then forgets the files. But it keeps its memory of untracked files, and only some
// forms of status check that. So a token that comes with a slash has a mark. For such a token every directory is named.
static int run_git_hook(const char *version, const char *token) {
  char root[PATH_MAX], control[PATH_MAX + 8], since[128];
  if (strcmp(version, "2") != 0 || getcwd(root, sizeof root) == NULL) return 1;
  snprintf(control, sizeof control, "%s/.git", root);
  if (strlen(token) >= sizeof since || !is_as_followed(control)) return everything_changed(token);
  strcpy(since, token);
  const size_t length = strlen(since);
  const bool is_marked = length > 0 && since[length - 1] == MARK;
  if (is_marked) since[length - 1] = 0;
  const extra_t extras[] = {
      {"system", "git"}, {"since", since}, {"directories", is_marked ? "yes" : "no"}, {NULL, NULL}};
  buffer_t answer = {0};
  const outcome_t outcome = ask("changes", root, extras, &answer, HOOK_MS);
  if (outcome == ABSENT) start_server();
  if (outcome != ANSWERED || strcmp(answer.bytes, "changes") != 0) return everything_changed(token);
  const char *end = answer.bytes + answer.length - 5, *next = NULL, *at = answer.bytes;
  bool is_fresh = true, names_gaps = false;
  for (; at < end && strcmp(at, "paths=") != 0; at += strlen(at) + 1) {
    if (strncmp(at, "token=", 6) == 0) next = at + 6;
    else if (strcmp(at, "fresh=no") == 0) is_fresh = false;
    else if (strcmp(at, "gaps=named") == 0) names_gaps = true;
  }
  // A server of an older version does not name a directory that was not followed for a while.
  if (next == NULL || at >= end || !names_gaps) return everything_changed(token);
  if (is_fresh) {
    printf("%s%c%c/%c", next, MARK, 0, 0);
    return 0;
  }
  fwrite(next, 1, strlen(next) + 1, stdout);
  // Git does not care for what is in an ignored directory, as long as nothing in it is tracked: then it is followed.
  for (const char *of = answer.bytes; of < at; of += strlen(of) + 1) {
    if (strncmp(of, "nested=", 7) == 0) print_changed(of + 7);
    else if (strncmp(of, "followed=", 9) == 0) printf("%s%s-%c", of + 9, of[9] == 0 ? "" : "/", 0);
  }
  for (at += strlen(at) + 1; at < end; at += strlen(at) + 1) print_changed(at);
  return 0;
}

int main(int count, char **arguments) {
  const char *shell = "", *format = NULL, *method = count > 1 ? arguments[1] : "";
  if (strcmp(method, "git-hook") == 0 && count == 4) return run_git_hook(arguments[2], arguments[3]);
  for (int i = 2; i < count; i++) {
    if (strncmp(arguments[i], "--shell=", 8) == 0) shell = arguments[i] + 8;
    else if (strncmp(arguments[i], "--format=", 9) == 0) format = arguments[i] + 9;
    else method = "";
  }
  const bool is_prompt = strcmp(method, "prompt") == 0;
  if (!is_prompt && strcmp(method, "status") != 0) {
    fputs("usage: quicksilver-client prompt [--shell=bash|zsh|fish|starship] [--format=TEXT] | status\n"
          "       quicksilver-client git-hook 2 TOKEN\n",
          stderr);
    return 255;
  }
  char root[PATH_MAX];
  if (!find_root(root)) return is_prompt ? 0 : 2;
  buffer_t answer = {0};
  const outcome_t outcome = ask(method, root, NULL, &answer, is_prompt ? PROMPT_MS : STATUS_MS);
  if (outcome == ABSENT && is_prompt) start_server();
  if (outcome != ANSWERED) return is_prompt ? 0 : 2;
  if (!is_prompt) return show_status(&answer);
  return strcmp(answer.bytes, "prompt") == 0 ? show_prompt(&answer, shell, format) : 0;
}
