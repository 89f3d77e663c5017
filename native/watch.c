// Watches of directories through one descriptor of inotify, for JavaScript. A watch is a number; `fs.watch` makes a
// kilobyte of objects for each.
//   watchOpen(tell) -> handle      calls tell(events: ArrayBuffer, lost: boolean) with structs inotify_event
//   watchAdd(handle, path: string or Uint8Array) -> the number of the watch, or errno, negative
//   watchRemove(handle, watch)
//   watchDrain(handle, tell)       calls tell at once with all events so far
//   watchClose(handle)             ends all calls; call it once
// A thread reads the events as soon as they arrive. So the kernel, which keeps some 16,000 of them, drops none while
// JavaScript is busy. The watches do not keep the process alive.
#define _GNU_SOURCE
#include "watch.h"

#ifndef __linux__

napi_status export_watch(napi_env env, napi_value exports) {
  (void)env;
  (void)exports;
  return napi_ok;
}

#else

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

enum {
  READ_BYTES = 1 << 16,
  // Events beyond this are dropped for a busy JavaScript, which is notified of the loss.
  MOST_PENDING_BYTES = 8 << 20,
  STACK_BYTES = 1 << 18,
};

// As fs.watch has it.
static const uint32_t EVENTS = IN_ATTRIB | IN_CREATE | IN_MODIFY | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF |
                               IN_MOVED_FROM | IN_MOVED_TO;

typedef struct {
  int events;
  int stop;
  pthread_t thread;
  bool running;
  napi_threadsafe_function tell;
  // JavaScript's thread only.
  bool closed;
  // Freed by whichever comes last: the end of `tell`, or that of the handle.
  int owners;
  pthread_mutex_t mutex;
  // Guards the fields below.
  uint8_t *pending;
  size_t length, capacity;
  bool lost, told;
} watch_t;

static void release(watch_t *watch) {
  if (--watch->owners > 0) return;
  pthread_mutex_destroy(&watch->mutex);
  free(watch->pending);
  free(watch);
}

// Keeps bytes until JavaScript takes them. Holds the mutex.
static void keep(watch_t *watch, const uint8_t *bytes, size_t length) {
  const size_t needed = watch->length + length;
  if (needed > watch->capacity) {
    size_t capacity = watch->capacity == 0 ? READ_BYTES : watch->capacity;
    while (capacity < needed) capacity *= 2;
    uint8_t *larger = capacity > MOST_PENDING_BYTES ? NULL : realloc(watch->pending, capacity);
    if (larger == NULL) {
      watch->lost = true;
      return;
    }
    watch->pending = larger;
    watch->capacity = capacity;
  }
  memcpy(watch->pending + watch->length, bytes, length);
  watch->length = needed;
}

static void *read_events(void *data) {
  watch_t *watch = data;
  _Alignas(struct inotify_event) uint8_t bytes[READ_BYTES];
  struct pollfd files[] = {{watch->events, POLLIN, 0}, {watch->stop, POLLIN, 0}};
  for (;;) {
    if (poll(files, 2, -1) < 0 && errno != EINTR) return NULL;
    if (files[1].revents != 0) return NULL;
    // Keep the events before watchDrain() can read them.
    pthread_mutex_lock(&watch->mutex);
    const ssize_t length = read(watch->events, bytes, sizeof bytes);
    const int error = errno;
    const bool tells = length > 0 && !watch->told;
    if (length > 0) {
      keep(watch, bytes, (size_t)length);
      watch->told = true;
    }
    pthread_mutex_unlock(&watch->mutex);
    if (length <= 0) {
      if (length < 0 && (error == EINTR || error == EAGAIN)) continue;
      return NULL;
    }
    // It fails only at the end of everything.
    if (tells && napi_call_threadsafe_function(watch->tell, NULL, napi_tsfn_nonblocking) != napi_ok) return NULL;
  }
}

// Calls `tell` with what was kept, in JavaScript's thread.
static void tell(napi_env env, napi_value callback, void *context, void *data) {
  watch_t *watch = context;
  (void)data;
  if (env == NULL || callback == NULL || watch->closed) return;
  pthread_mutex_lock(&watch->mutex);
  uint8_t *bytes = watch->pending;
  const size_t length = watch->length;
  const bool lost = watch->lost;
  watch->pending = NULL;
  watch->length = watch->capacity = 0;
  watch->lost = watch->told = false;
  pthread_mutex_unlock(&watch->mutex);
  napi_value arguments[2], self;
  void *copy;
  // It may all have been drained by then.
  if (length == 0 && !lost) {
    free(bytes);
    return;
  }
  if (napi_create_arraybuffer(env, length, &copy, &arguments[0]) == napi_ok &&
      napi_get_boolean(env, lost, &arguments[1]) == napi_ok && napi_get_undefined(env, &self) == napi_ok) {
    if (length > 0) memcpy(copy, bytes, length);
    // Node reports an exception of the callback as uncaught.
    napi_call_function(env, self, callback, 2, arguments, NULL);
  }
  free(bytes);
}

// The end of `tell`: by watchClose(), or because the thread of JavaScript ends.
static void end(napi_env env, void *data, void *context) {
  watch_t *watch = context;
  const uint64_t one = 1;
  (void)env;
  (void)data;
  watch->closed = true;
  if (watch->running && write(watch->stop, &one, sizeof one) == sizeof one) pthread_join(watch->thread, NULL);
  close(watch->events);
  close(watch->stop);
  release(watch);
}

static void forget(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  release(data);
}

static bool start_thread(watch_t *watch) {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  watch->running = pthread_attr_setstacksize(&attributes, STACK_BYTES) == 0 &&
                   pthread_create(&watch->thread, &attributes, read_events, watch) == 0;
  pthread_attr_destroy(&attributes);
  return watch->running;
}

static napi_value watch_open(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value callback, name, handle;
  if (napi_get_cb_info(env, info, &count, &callback, NULL, NULL) != napi_ok || count < 1)
    return fail(env, "expected a function");
  watch_t *watch = calloc(1, sizeof *watch);
  if (watch == NULL) return fail(env, "out of memory");
  pthread_mutex_init(&watch->mutex, NULL);
  watch->owners = 1;
  watch->events = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  watch->stop = watch->events < 0 ? -1 : eventfd(0, EFD_CLOEXEC);
  if (watch->stop < 0 ||
      napi_create_string_utf8(env, "quicksilver-watch", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi_create_threadsafe_function(env, callback, NULL, name, 0, 1, NULL, end, watch, tell, &watch->tell) !=
          napi_ok) {
    if (watch->events >= 0) close(watch->events);
    if (watch->stop >= 0) close(watch->stop);
    release(watch);
    return fail(env, "no descriptor for watches");
  }
  // From here on, `end` is called in any case.
  watch->owners = 2;
  if (napi_unref_threadsafe_function(env, watch->tell) != napi_ok || !start_thread(watch) ||
      napi_create_external(env, watch, forget, NULL, &handle) != napi_ok) {
    release(watch);
    napi_release_threadsafe_function(watch->tell, napi_tsfn_abort);
    return fail(env, "no thread for watches");
  }
  return handle;
}

// The handle among the arguments; NULL if there is none.
static watch_t *handle_of(napi_env env, napi_value value) {
  napi_valuetype type;
  void *watch;
  if (napi_typeof(env, value, &type) != napi_ok || type != napi_external ||
      napi_get_value_external(env, value, &watch) != napi_ok) {
    return NULL;
  }
  return watch;
}

// A path as a string of C in `buffer`. False if it is none, or has no room there.
static bool path_of(napi_env env, napi_value value, char *buffer, size_t size) {
  napi_valuetype type;
  size_t length;
  if (napi_typeof(env, value, &type) != napi_ok) return false;
  if (type == napi_string) {
    return napi_get_value_string_utf8(env, value, buffer, size, &length) == napi_ok && length < size - 1 &&
           strlen(buffer) == length;
  }
  void *data;
  if (!read_array(env, value, napi_uint8_array, &data, &length) || length == 0 || length >= size ||
      memchr(data, 0, length) != NULL) {
    return false;
  }
  memcpy(buffer, data, length);
  buffer[length] = 0;
  return true;
}

static napi_value watch_add(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2], result;
  char path[PATH_MAX + 2];
  watch_t *watch;
  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok || count < 2 ||
      (watch = handle_of(env, arguments[0])) == NULL) {
    return fail(env, "expected a handle and a path");
  }
  int added = -EBADF;
  if (!watch->closed) {
    if (!path_of(env, arguments[1], path, sizeof path)) added = -ENAMETOOLONG;
    else if ((added = inotify_add_watch(watch->events, path, EVENTS)) < 0) added = -errno;
  }
  return napi_create_int32(env, added, &result) == napi_ok ? result : NULL;
}

static napi_value watch_remove(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2];
  watch_t *watch;
  int32_t number;
  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok || count < 2 ||
      (watch = handle_of(env, arguments[0])) == NULL ||
      napi_get_value_int32(env, arguments[1], &number) != napi_ok) {
    return fail(env, "expected a handle and a number");
  }
  // It fails where the directory is gone, and the watch with it.
  if (!watch->closed) inotify_rm_watch(watch->events, number);
  return NULL;
}

static napi_value watch_drain(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2];
  watch_t *watch;
  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok || count < 2 ||
      (watch = handle_of(env, arguments[0])) == NULL) {
    return fail(env, "expected a handle and a function");
  }
  if (watch->closed) return NULL;
  _Alignas(struct inotify_event) uint8_t bytes[READ_BYTES];
  ssize_t length;
  pthread_mutex_lock(&watch->mutex);
  // As much as was there; who goes on writing is not waited for.
  for (size_t rest = MOST_PENDING_BYTES; rest > 0; rest -= (size_t)length) {
    length = read(watch->events, bytes, rest < sizeof bytes ? rest : sizeof bytes);
    if (length <= 0) break;
    keep(watch, bytes, (size_t)length);
  }
  pthread_mutex_unlock(&watch->mutex);
  tell(env, arguments[1], watch, NULL);
  return NULL;
}

static napi_value watch_close(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  watch_t *watch;
  if (napi_get_cb_info(env, info, &count, &argument, NULL, NULL) != napi_ok || count < 1 ||
      (watch = handle_of(env, argument)) == NULL) {
    return fail(env, "expected a handle");
  }
  if (watch->closed) return NULL;
  watch->closed = true;
  napi_release_threadsafe_function(watch->tell, napi_tsfn_abort);
  return NULL;
}

napi_status export_watch(napi_env env, napi_value exports) {
  const napi_property_descriptor functions[] = {
      {"watchOpen", NULL, watch_open, NULL, NULL, NULL, napi_enumerable, NULL},
      {"watchAdd", NULL, watch_add, NULL, NULL, NULL, napi_enumerable, NULL},
      {"watchRemove", NULL, watch_remove, NULL, NULL, NULL, napi_enumerable, NULL},
      {"watchDrain", NULL, watch_drain, NULL, NULL, NULL, napi_enumerable, NULL},
      {"watchClose", NULL, watch_close, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  return napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
}

#endif
