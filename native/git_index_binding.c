#include "git_index_binding.h"

#include "git_index.h"

#include <stdlib.h>

// A typed array of new memory. JavaScript owns it: memory of others cannot be lent to it everywhere.
static int make_array(napi_env env, napi_typedarray_type type, size_t count, void **data, napi_value *array) {
  const size_t size = type == napi_uint16_array ? sizeof(uint16_t) : sizeof(uint32_t);
  napi_value buffer;
  return napi_create_arraybuffer(env, count * size, data, &buffer) == napi_ok && (*data != NULL || count == 0) &&
         napi_create_typedarray(env, type, count, buffer, 0, array) == napi_ok;
}

// null, unless an exception is pending, which counts as an answer.
static napi_value no_answer(napi_env env) {
  napi_value result;
  bool pending = false;
  if (napi_is_exception_pending(env, &pending) != napi_ok || pending) return NULL;
  return napi_get_null(env, &result) == napi_ok ? result : NULL;
}

static uint32_t count_in_header(const uint8_t *bytes, size_t length) {
  if (length < 12) return 0;
  return (uint32_t)bytes[8] << 24 | (uint32_t)bytes[9] << 16 | (uint32_t)bytes[10] << 8 | bytes[11];
}

static napi_value decode_entries(napi_env env, napi_callback_info info) {
  size_t given = 2, length;
  napi_value values[2], result, arrays[3], names;
  void *bytes, *data[3];
  uint32_t hash_length;
  if (napi_get_cb_info(env, info, &given, values, NULL, NULL) != napi_ok || given < 2 ||
      !read_array(env, values[0], napi_uint8_array, &bytes, &length) ||
      napi_get_value_uint32(env, values[1], &hash_length) != napi_ok) {
    return fail(env, "the arguments are wrong");
  }
  const uint32_t count = count_in_header(bytes, length);
  // An entry has more bytes than this: a count that cannot be needs no memory.
  if (count > length / 40) return no_answer(env);
  if (!make_array(env, napi_uint32_array, count, &data[0], &arrays[0]) ||
      !make_array(env, napi_uint32_array, count, &data[1], &arrays[1]) ||
      !make_array(env, napi_uint16_array, count, &data[2], &arrays[2])) {
    return no_answer(env);
  }
  decoded_entries_t out = {.at = data[0], .path_offset = data[1], .path_length = data[2]};
  if (!decode_git_entries(bytes, length, hash_length, &out)) {
    free(out.names);
    return no_answer(env);
  }
  int ok = napi_create_object(env, &result) == napi_ok && put_number(env, result, "next", out.next) &&
           napi_set_named_property(env, result, "at", arrays[0]) == napi_ok &&
           napi_set_named_property(env, result, "pathOffset", arrays[1]) == napi_ok &&
           napi_set_named_property(env, result, "pathLength", arrays[2]) == napi_ok;
  if (out.names == NULL) ok = ok && napi_get_null(env, &names) == napi_ok;
  else ok = ok && napi_create_buffer_copy(env, out.names_length, out.names, NULL, &names) == napi_ok;
  free(out.names);
  ok = ok && napi_set_named_property(env, result, "names", names) == napi_ok;
  return ok ? result : fail(env, "the entries could not be made");
}

enum { COLUMNS = 13 };

static const struct {
  const char *name;
  napi_typedarray_type type;
} KINDS[COLUMNS] = {
    {"pathOffset", napi_uint32_array}, {"pathLength", napi_uint16_array},   {"baseStart", napi_uint16_array},
    {"firstChild", napi_uint32_array}, {"childCount", napi_uint32_array},   {"flags", napi_uint16_array},
    {"entry", napi_uint32_array},      {"size", napi_uint32_array},         {"mtimeSeconds", napi_uint32_array},
    {"mtimeNanoseconds", napi_uint32_array}, {"ctimeSeconds", napi_uint32_array}, {"inode", napi_uint32_array},
    {"doubtful", napi_uint32_array},
};

typedef struct {
  napi_env env;
  napi_value arrays[COLUMNS];
} memory_t;

static int make_columns(void *context, size_t count, git_tree_t *tree) {
  memory_t *memory = context;
  void *data[COLUMNS];
  for (int i = 0; i < COLUMNS; i++) {
    if (!make_array(memory->env, KINDS[i].type, count, &data[i], &memory->arrays[i])) return 0;
  }
  *tree = (git_tree_t){.path_offset = data[0],
                       .path_length = data[1],
                       .base_start = data[2],
                       .first_child = data[3],
                       .child_count = data[4],
                       .flags = data[5],
                       .entry = data[6],
                       .size = data[7],
                       .seconds = data[8],
                       .nanoseconds = data[9],
                       .ctime_seconds = data[10],
                       .inode = data[11],
                       .doubtful = data[12]};
  return 1;
}

static int put_tree(napi_env env, napi_value object, const memory_t *memory, const git_tree_t *tree) {
  for (int i = 0; i < COLUMNS; i++) {
    if (napi_set_named_property(env, object, KINDS[i].name, memory->arrays[i]) != napi_ok) return 0;
  }
  return put_number(env, object, "nodeCount", tree->node_count) &&
         put_number(env, object, "entryCount", tree->entry_count) && put_number(env, object, "allFlags", tree->all_flags);
}

enum { ARGUMENTS = 10 };

static int read_tree_arguments(napi_env env, const napi_value *values, entries_t *entries, git_tree_options_t *options) {
  void *data[6];
  size_t lengths[6];
  bool owned;
  const napi_typedarray_type types[] = {napi_uint8_array,  napi_uint8_array,  napi_uint32_array,
                                        napi_uint32_array, napi_uint16_array, napi_uint8_array};
  for (int i = 0; i < 6; i++) {
    if (!read_array(env, values[i], types[i], &data[i], &lengths[i])) return 0;
  }
  *entries = (entries_t){.bytes = data[0],
                         .length = lengths[0],
                         .names = data[1],
                         .names_length = lengths[1],
                         .at = data[2],
                         .path_offset = data[3],
                         .path_length = data[4],
                         .count = lengths[2]};
  if (lengths[3] < lengths[2] || lengths[4] < lengths[2]) return 0;
  options->empty_blob = data[5];
  options->hash_length = lengths[5];
  if (napi_get_value_uint32(env, values[6], &options->written_at) != napi_ok ||
      napi_get_value_bool(env, values[7], &owned) != napi_ok ||
      napi_get_value_uint32(env, values[8], &options->uid) != napi_ok ||
      napi_get_value_uint32(env, values[9], &options->gid) != napi_ok) {
    return 0;
  }
  options->owned = owned;
  return 1;
}

static napi_value build_tree(napi_env env, napi_callback_info info) {
  size_t given = ARGUMENTS;
  napi_value values[ARGUMENTS], result;
  entries_t entries;
  git_tree_options_t options;
  git_tree_t tree;
  memory_t memory = {.env = env};
  if (napi_get_cb_info(env, info, &given, values, NULL, NULL) != napi_ok || given < ARGUMENTS ||
      !read_tree_arguments(env, values, &entries, &options)) {
    return fail(env, "the arguments are wrong");
  }
  const git_maker_t maker = {.make = make_columns, .context = &memory};
  if (!build_git_tree(&entries, &options, maker, &tree)) return no_answer(env);
  const int ok = napi_create_object(env, &result) == napi_ok && put_tree(env, result, &memory, &tree);
  return ok ? result : fail(env, "the columns could not be made");
}

int bind_git_index(napi_env env, napi_value exports) {
  napi_value function;
  return napi_create_function(env, "decodeGitEntries", NAPI_AUTO_LENGTH, decode_entries, NULL, &function) == napi_ok &&
         napi_set_named_property(env, exports, "decodeGitEntries", function) == napi_ok &&
         napi_create_function(env, "buildGitTree", NAPI_AUTO_LENGTH, build_tree, NULL, &function) == napi_ok &&
         napi_set_named_property(env, exports, "buildGitTree", function) == napi_ok;
}
