#include "git_staged_binding.h"

#include "git_staged.h"
#include "inflate.h"

#include <stdlib.h>
#include <string.h>

enum { REFERENCES = 16 };

typedef struct {
  staged_index_t index;
  // Keep the arrays alive.
  napi_ref references[REFERENCES];
  int reference_count;
} prepared_t;

static napi_value no_answer(napi_env env) {
  napi_value result;
  return napi_get_null(env, &result) == napi_ok ? result : NULL;
}

static napi_value words_of(napi_env env, const uint32_t *words, size_t count) {
  napi_value buffer, array;
  void *copy;
  if (napi_create_arraybuffer(env, count * sizeof *words, &copy, &buffer) != napi_ok) return NULL;
  if (count > 0) memcpy(copy, words, count * sizeof *words);
  return napi_create_typedarray(env, napi_uint32_array, count, buffer, 0, &array) == napi_ok ? array : NULL;
}

static napi_value decode_trees(napi_env env, napi_callback_info info) {
  static const char *const NAMES[] = {"nameAt", "nameLength", "idAt", "end"};
  size_t given = 2, length;
  napi_value values[2], result = NULL;
  void *bytes;
  uint32_t hash_length;
  decoded_trees_t out = {0};
  if (napi_get_cb_info(env, info, &given, values, NULL, NULL) != napi_ok || given < 2 ||
      !read_array(env, values[0], napi_uint8_array, &bytes, &length) || napi_get_value_uint32(env, values[1], &hash_length) != napi_ok) {
    return fail(env, "the arguments are wrong");
  }
  if (!decode_cached_trees(bytes, length, hash_length, &out)) {
    result = no_answer(env);
  } else if (napi_create_object(env, &result) == napi_ok) {
    for (int i = 0; i < 4 && result != NULL; i++) {
      napi_value array = words_of(env, out.columns[i], out.count);
      if (array == NULL || napi_set_named_property(env, result, NAMES[i], array) != napi_ok) result = fail(env, "the columns could not be made");
    }
  }
  for (int i = 0; i < 4; i++) free(out.columns[i]);
  return result;
}

static void free_prepared(napi_env env, void *data, void *hint) {
  prepared_t *prepared = data;
  (void)hint;
  for (int i = 0; i < prepared->reference_count; i++) napi_delete_reference(env, prepared->references[i]);
  free(prepared);
}

// A typed array of the options; its length must be *length, unless that is SIZE_MAX: then it is stored there.
static int array(napi_env env, napi_value options, const char *name, napi_typedarray_type type, size_t *length,
                 const void **data, prepared_t *prepared) {
  napi_value value;
  size_t found_length;
  void *found;
  if (napi_get_named_property(env, options, name, &value) != napi_ok || !read_array(env, value, type, &found, &found_length)) return 0;
  if ((*length != SIZE_MAX && found_length != *length) || prepared->reference_count == REFERENCES) return 0;
  if (napi_create_reference(env, value, 1, &prepared->references[prepared->reference_count]) != napi_ok) return 0;
  prepared->reference_count++;
  *length = found_length;
  *data = found;
  return 1;
}

static napi_value prepare_staged(napi_env env, napi_callback_info info) {
  size_t count = 1, nodes = SIZE_MAX, trees = SIZE_MAX;
  napi_value options, handle, length;
  uint32_t hash_length;
  if (napi_get_cb_info(env, info, &count, &options, NULL, NULL) != napi_ok || count < 1) return fail(env, "no options");
  prepared_t *prepared = calloc(1, sizeof *prepared);
  if (prepared == NULL) return fail(env, "out of memory");
  staged_index_t *index = &prepared->index;
  cached_trees_t *cached = &index->cached;
  index->names_length = index->length = index->entry_count = cached->length = SIZE_MAX;
  const int ok =
      array(env, options, "names", napi_uint8_array, &index->names_length, (const void **)&index->names, prepared) &&
      array(env, options, "pathOffset", napi_uint32_array, &nodes, (const void **)&index->path_offset, prepared) &&
      array(env, options, "pathLength", napi_uint16_array, &nodes, (const void **)&index->path_length, prepared) &&
      array(env, options, "baseStart", napi_uint16_array, &nodes, (const void **)&index->base_start, prepared) &&
      array(env, options, "firstChild", napi_uint32_array, &nodes, (const void **)&index->first_child, prepared) &&
      array(env, options, "childCount", napi_uint32_array, &nodes, (const void **)&index->child_count, prepared) &&
      array(env, options, "flags", napi_uint16_array, &nodes, (const void **)&index->flags, prepared) &&
      array(env, options, "entry", napi_uint32_array, &nodes, (const void **)&index->entry, prepared) &&
      array(env, options, "bytes", napi_uint8_array, &index->length, (const void **)&index->bytes, prepared) &&
      array(env, options, "at", napi_uint32_array, &index->entry_count, (const void **)&index->at, prepared) &&
      array(env, options, "cachedBytes", napi_uint8_array, &cached->length, (const void **)&cached->bytes, prepared) &&
      array(env, options, "nameAt", napi_uint32_array, &trees, (const void **)&cached->name_at, prepared) &&
      array(env, options, "nameLength", napi_uint32_array, &trees, (const void **)&cached->name_length, prepared) &&
      array(env, options, "idAt", napi_uint32_array, &trees, (const void **)&cached->id_at, prepared) &&
      array(env, options, "end", napi_uint32_array, &trees, (const void **)&cached->end, prepared) &&
      napi_get_named_property(env, options, "hashLength", &length) == napi_ok &&
      napi_get_value_uint32(env, length, &hash_length) == napi_ok && hash_length > 0 && hash_length <= 64;
  index->node_count = nodes;
  cached->count = trees;
  if (ok) index->hash_length = hash_length;
  if (!ok || napi_create_external(env, prepared, free_prepared, NULL, &handle) != napi_ok) {
    free_prepared(env, prepared, NULL);
    return fail(env, "the options are wrong");
  }
  return handle;
}

static napi_value compare(napi_env env, napi_callback_info info) {
  size_t given = 4, length;
  napi_value values[4], result;
  napi_valuetype type;
  void *prepared, *tree;
  uint32_t node, cached;
  staged_words_t out = {0};
  if (napi_get_cb_info(env, info, &given, values, NULL, NULL) != napi_ok || given < 4 ||
      napi_typeof(env, values[0], &type) != napi_ok || type != napi_external ||
      napi_get_value_external(env, values[0], &prepared) != napi_ok ||
      !read_array(env, values[1], napi_uint8_array, &tree, &length) || napi_get_value_uint32(env, values[2], &node) != napi_ok ||
      napi_get_value_uint32(env, values[3], &cached) != napi_ok) {
    return fail(env, "the arguments are wrong");
  }
  const int ok = compare_tree(&((prepared_t *)prepared)->index, tree, length, node, cached, &out);
  result = ok ? words_of(env, out.words, out.count) : no_answer(env);
  free(out.words);
  return result != NULL ? result : fail(env, "out of memory");
}

static napi_value inflate(napi_env env, napi_callback_info info) {
  size_t given = 2, length, out_length;
  napi_value values[2], result;
  void *bytes;
  int64_t limit;
  uint8_t *out;
  if (napi_get_cb_info(env, info, &given, values, NULL, NULL) != napi_ok || given < 2 ||
      !read_array(env, values[0], napi_uint8_array, &bytes, &length) ||
      napi_get_value_int64(env, values[1], &limit) != napi_ok || limit < 0) {
    return fail(env, "the arguments are wrong");
  }
  if (!inflate_zlib(bytes, length, (size_t)limit, &out, &out_length)) return no_answer(env);
  const int ok = napi_create_buffer_copy(env, out_length, out, NULL, &result) == napi_ok;
  free(out);
  return ok ? result : fail(env, "out of memory");
}

int bind_git_staged(napi_env env, napi_value exports) {
  static const struct {
    const char *name;
    napi_callback call;
  } FUNCTIONS[] = {{"decodeCachedTrees", decode_trees}, {"prepareStaged", prepare_staged}, {"compareTree", compare}, {"inflate", inflate}};
  for (size_t i = 0; i < sizeof FUNCTIONS / sizeof *FUNCTIONS; i++) {
    napi_value function;
    if (napi_create_function(env, FUNCTIONS[i].name, NAPI_AUTO_LENGTH, FUNCTIONS[i].call, NULL, &function) != napi_ok ||
        napi_set_named_property(env, exports, FUNCTIONS[i].name, function) != napi_ok) {
      return 0;
    }
  }
  return 1;
}
