// The functions of scan.c for JavaScript:
//   prepare({ root, control, names, pathOffset, ..., mask, value, executable, entry, nodes, parents, skip,
//     listings }) -> handle
//   scan(handle, from, to) -> Promise<{ words: ArrayBuffer, names: ArrayBuffer, stats, directoriesRead }>
// and those of decode_v1.c and decode_v2.c: see decode_binding.h.
// Other threads use the arrays in place: nobody may change them while the handle lives.
#include <stdlib.h>
#include <string.h>

#include "binding.h"
#include "decode_binding.h"
#include "git_index_binding.h"
#include "git_staged_binding.h"
#include "plan_binding.h"
#include "listings.h"
#include "listings_binding.h"
#include "scan.h"
#include "watch.h"
#include "peer.h"

enum { REFERENCES = 24 };

typedef struct {
  columns_t columns;
  rule_t rule;
  plan_t plan;
  // Without `bytes`: nothing is known of names.
  listings_t listings;
  char *root;
  char *control;
  char *rule_name;
  int nests;
  // Keep the arrays alive.
  napi_ref references[REFERENCES];
  int reference_count;
} prepared_t;

typedef struct {
  prepared_t *prepared;
  napi_ref handle;
  napi_async_work work;
  napi_deferred deferred;
  size_t from, to;
  result_t result;
} run_t;

static void free_prepared(napi_env env, void *data, void *hint) {
  prepared_t *prepared = data;
  (void)hint;
  for (int i = 0; i < prepared->reference_count; i++) napi_delete_reference(env, prepared->references[i]);
  free(prepared->root);
  free(prepared->control);
  free(prepared->rule_name);
  free(prepared);
}

// A typed array of the options; its length must be *length, unless that is SIZE_MAX: then it is stored there.
static int array(napi_env env, napi_value options, const char *name, napi_typedarray_type type, size_t *length,
                 const void **data, prepared_t *prepared) {
  napi_value value;
  size_t found_length;
  void *found_data;
  if (napi_get_named_property(env, options, name, &value) != napi_ok) return 0;
  if (!read_array(env, value, type, &found_data, &found_length)) return 0;
  if (*length != SIZE_MAX && found_length != *length) return 0;
  if (prepared->reference_count == REFERENCES) return 0;
  if (napi_create_reference(env, value, 1, &prepared->references[prepared->reference_count]) != napi_ok) return 0;
  prepared->reference_count++;
  *length = found_length;
  *data = found_data;
  return 1;
}

// The bytes of an option as a string of C; NULL if it is no such thing. To be freed.
static char *bytes_of(napi_env env, napi_value options, const char *name) {
  napi_value value;
  size_t length;
  void *data;
  if (napi_get_named_property(env, options, name, &value) != napi_ok) return NULL;
  if (!read_array(env, value, napi_uint8_array, &data, &length)) return NULL;
  if (length == 0 || memchr(data, 0, length) != NULL) return NULL;
  char *copy = malloc(length + 1);
  if (copy == NULL) return NULL;
  memcpy(copy, data, length);
  copy[length] = 0;
  return copy;
}

// As array(), for a column that may be left out: then its pointer stays NULL.
static int optional_array(napi_env env, napi_value options, const char *name, size_t *length, const uint32_t **data,
                          prepared_t *prepared) {
  bool has = false;
  if (napi_has_named_property(env, options, name, &has) != napi_ok) return 0;
  return !has || array(env, options, name, napi_uint32_array, length, (const void **)data, prepared);
}

// The owner that files must have, if one is given.
static int owner(napi_env env, napi_value options, rule_t *rule) {
  napi_value value, uid, gid;
  bool has = false;
  if (napi_has_named_property(env, options, "owner", &has) != napi_ok) return 0;
  if (!has) return 1;
  rule->owned = 1;
  return napi_get_named_property(env, options, "owner", &value) == napi_ok &&
         napi_get_named_property(env, value, "uid", &uid) == napi_ok &&
         napi_get_named_property(env, value, "gid", &gid) == napi_ok &&
         napi_get_value_uint32(env, uid, &rule->uid) == napi_ok && napi_get_value_uint32(env, gid, &rule->gid) == napi_ok;
}

static int number(napi_env env, napi_value options, const char *name, uint16_t *result) {
  napi_value value;
  uint32_t found;
  if (napi_get_named_property(env, options, name, &value) != napi_ok) return 0;
  if (napi_get_value_uint32(env, value, &found) != napi_ok || found > 0xffff) return 0;
  *result = (uint16_t)found;
  return 1;
}

// The listings, if they are given.
static int listings(napi_env env, napi_value options, prepared_t *prepared) {
  napi_value value, written;
  bool has = false;
  listings_t *listings = &prepared->listings;
  size_t words = SIZE_MAX, nodes = prepared->columns.node_count;
  if (napi_has_named_property(env, options, "listings", &has) != napi_ok) return 0;
  if (!has) return 1;
  listings->length = listings->count = SIZE_MAX;
  if (napi_get_named_property(env, options, "listings", &value) != napi_ok ||
      !array(env, value, "bytes", napi_uint8_array, &listings->length, (const void **)&listings->bytes, prepared) ||
      !array(env, value, "directories", napi_uint32_array, &words, (const void **)&listings->directories, prepared) ||
      !array(env, value, "ofNode", napi_uint32_array, &nodes, (const void **)&listings->of_node, prepared) ||
      !array(env, value, "trusted", napi_uint8_array, &listings->count, (const void **)&listings->trusted, prepared) ||
      words != listings->count * LISTING_WORDS || napi_get_named_property(env, value, "writtenAt", &written) != napi_ok ||
      napi_get_value_uint32(env, written, &listings->written_at) != napi_ok) {
    return 0;
  }
  listings->rule_name = prepared->rule_name = bytes_of(env, value, "ruleName");
  return listings->rule_name != NULL;
}

static napi_value prepare(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value options, handle;
  if (napi_get_cb_info(env, info, &count, &options, NULL, NULL) != napi_ok || count < 1) return fail(env, "no options");
  prepared_t *prepared = calloc(1, sizeof *prepared);
  if (prepared == NULL) return fail(env, "out of memory");
  columns_t *columns = &prepared->columns;
  plan_t *plan = &prepared->plan;
  size_t nodes = SIZE_MAX, places = SIZE_MAX;
  uint16_t nests = 1;
  columns->names_length = SIZE_MAX;
  const int ok =
      array(env, options, "names", napi_uint8_array, &columns->names_length, (const void **)&columns->names, prepared) &&
      array(env, options, "pathOffset", napi_uint32_array, &nodes, (const void **)&columns->path_offset, prepared) &&
      array(env, options, "pathLength", napi_uint16_array, &nodes, (const void **)&columns->path_length, prepared) &&
      array(env, options, "baseStart", napi_uint16_array, &nodes, (const void **)&columns->base_start, prepared) &&
      array(env, options, "firstChild", napi_uint32_array, &nodes, (const void **)&columns->first_child, prepared) &&
      array(env, options, "childCount", napi_uint32_array, &nodes, (const void **)&columns->child_count, prepared) &&
      array(env, options, "flags", napi_uint16_array, &nodes, (const void **)&columns->flags, prepared) &&
      array(env, options, "size", napi_uint32_array, &nodes, (const void **)&columns->size, prepared) &&
      array(env, options, "mtimeSeconds", napi_uint32_array, &nodes, (const void **)&columns->seconds, prepared) &&
      array(env, options, "mtimeNanoseconds", napi_uint32_array, &nodes, (const void **)&columns->nanoseconds, prepared) &&
      array(env, options, "doubtful", napi_uint32_array, &nodes, (const void **)&columns->doubtful, prepared) &&
      array(env, options, "nodes", napi_uint32_array, &places, (const void **)&plan->nodes, prepared) &&
      array(env, options, "parents", napi_uint32_array, &places, (const void **)&plan->parents, prepared) &&
      array(env, options, "skip", napi_uint8_array, &places, (const void **)&plan->skip, prepared) &&
      number(env, options, "mask", &prepared->rule.mask) && number(env, options, "value", &prepared->rule.value) &&
      number(env, options, "executable", &prepared->rule.executable) &&
      number(env, options, "entry", &prepared->rule.entry) &&
      number(env, options, "symlink", &prepared->rule.symlink) &&
      number(env, options, "wholeSeconds", &prepared->rule.whole_seconds) && owner(env, options, &prepared->rule) &&
      optional_array(env, options, "ctimeSeconds", &nodes, &columns->ctime_seconds, prepared) &&
      optional_array(env, options, "inode", &nodes, &columns->inode, prepared) &&
      number(env, options, "nests", &nests) &&
      (prepared->root = bytes_of(env, options, "root")) != NULL &&
      (prepared->control = bytes_of(env, options, "control")) != NULL;
  prepared->nests = nests;
  columns->node_count = nodes;
  plan->count = places;
  if (!ok || !listings(env, options, prepared) || napi_create_external(env, prepared, free_prepared, NULL, &handle) != napi_ok) {
    free_prepared(env, prepared, NULL);
    return fail(env, "the options are wrong");
  }
  return handle;
}

static void execute(napi_env env, void *data) {
  run_t *run = data;
  const prepared_t *prepared = run->prepared;
  (void)env;
  scan_unit(prepared->root, prepared->control, prepared->nests, &prepared->columns, &prepared->rule, &prepared->plan,
            prepared->listings.bytes == NULL ? NULL : &prepared->listings, run->from, run->to, &run->result);
}

static int copy_of(napi_env env, const void *data, size_t length, napi_value *result) {
  void *copy;
  if (napi_create_arraybuffer(env, length, &copy, result) != napi_ok) return 0;
  if (length > 0) memcpy(copy, data, length);
  return 1;
}

static void complete(napi_env env, napi_status status, void *data) {
  run_t *run = data;
  result_t *result = &run->result;
  napi_value object, words, names, error;
  const int ok = status == napi_ok && !result->failed &&
                 copy_of(env, result->words, result->count * sizeof *result->words, &words) &&
                 copy_of(env, result->names, result->names_count, &names) &&
                 napi_create_object(env, &object) == napi_ok &&
                 napi_set_named_property(env, object, "words", words) == napi_ok &&
                 napi_set_named_property(env, object, "names", names) == napi_ok &&
                 put_number(env, object, "stats", result->stats) &&
                 put_number(env, object, "directoriesRead", result->directories_read);
  if (ok) {
    napi_resolve_deferred(env, run->deferred, object);
  } else {
    napi_value message;
    if (napi_create_string_utf8(env, "the scan of a unit failed", NAPI_AUTO_LENGTH, &message) == napi_ok &&
        napi_create_error(env, NULL, message, &error) == napi_ok) {
      napi_reject_deferred(env, run->deferred, error);
    }
  }
  free_result(result);
  napi_delete_reference(env, run->handle);
  napi_delete_async_work(env, run->work);
  free(run);
}

static napi_value scan(napi_env env, napi_callback_info info) {
  size_t count = 3;
  napi_value arguments[3], promise, name;
  napi_valuetype type;
  void *prepared;
  uint32_t from, to;
  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok || count < 3 ||
      napi_typeof(env, arguments[0], &type) != napi_ok || type != napi_external ||
      napi_get_value_external(env, arguments[0], &prepared) != napi_ok ||
      napi_get_value_uint32(env, arguments[1], &from) != napi_ok ||
      napi_get_value_uint32(env, arguments[2], &to) != napi_ok) {
    return fail(env, "expected a handle and two numbers");
  }
  run_t *run = calloc(1, sizeof *run);
  if (run == NULL) return fail(env, "out of memory");
  run->prepared = prepared;
  run->from = from;
  run->to = to;
  if (napi_create_reference(env, arguments[0], 1, &run->handle) != napi_ok) {
    free(run);
    return fail(env, "no reference");
  }
  if (napi_create_string_utf8(env, "quicksilver-scan", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi_create_async_work(env, NULL, name, execute, complete, run, &run->work) != napi_ok) {
    napi_delete_reference(env, run->handle);
    free(run);
    return fail(env, "no work");
  }
  if (napi_create_promise(env, &run->deferred, &promise) != napi_ok ||
      napi_queue_async_work(env, run->work) != napi_ok) {
    napi_delete_async_work(env, run->work);
    napi_delete_reference(env, run->handle);
    free(run);
    return fail(env, "the work was not taken");
  }
  return promise;
}

NAPI_MODULE_INIT() {
  napi_value function;
  if (napi_create_function(env, "prepare", NAPI_AUTO_LENGTH, prepare, NULL, &function) != napi_ok ||
      napi_set_named_property(env, exports, "prepare", function) != napi_ok ||
      napi_create_function(env, "scan", NAPI_AUTO_LENGTH, scan, NULL, &function) != napi_ok ||
      napi_set_named_property(env, exports, "scan", function) != napi_ok || !bind_decoders(env, exports) ||
      !bind_git_index(env, exports) || !bind_git_staged(env, exports) || !bind_plan(env, exports) || !bind_listings(env, exports) ||
      export_watch(env, exports) != napi_ok || export_peer(env, exports) != napi_ok) {
    return fail(env, "the module could not be set up");
  }
  return exports;
}
