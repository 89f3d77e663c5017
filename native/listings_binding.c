#include "listings_binding.h"

#include "listings.h"

#include <stdlib.h>
#include <string.h>

enum { ARGUMENTS = 8 };

static int read_arguments(napi_env env, napi_callback_info info, void **data, size_t *lengths, uint32_t *hash_length) {
  static const napi_typedarray_type TYPES[ARGUMENTS] = {napi_uint8_array,  napi_uint8_array,  napi_uint8_array,  napi_uint32_array,
                                                        napi_uint16_array, napi_uint16_array, napi_uint32_array, napi_uint32_array};
  size_t given = ARGUMENTS;
  napi_value values[ARGUMENTS];
  if (napi_get_cb_info(env, info, &given, values, NULL, NULL) != napi_ok || given < ARGUMENTS) return 0;
  if (napi_get_value_uint32(env, values[1], hash_length) != napi_ok) return 0;
  for (int i = 0; i < ARGUMENTS; i++) {
    if (i != 1 && !read_array(env, values[i], TYPES[i], &data[i], &lengths[i])) return 0;
    if (i > 3 && lengths[i] != lengths[3]) return 0;
  }
  return 1;
}

static napi_value words_of(napi_env env, size_t count, uint32_t **words) {
  napi_value buffer, array;
  void *data;
  if (napi_create_arraybuffer(env, count * sizeof **words, &data, &buffer) != napi_ok) return NULL;
  *words = data;
  return napi_create_typedarray(env, napi_uint32_array, count, buffer, 0, &array) == napi_ok ? array : NULL;
}

static napi_value decode(napi_env env, napi_callback_info info) {
  void *data[ARGUMENTS];
  size_t lengths[ARGUMENTS];
  uint32_t hash_length, *directories;
  napi_value result, of_node, array;
  decoded_listings_t out = {0};
  if (!read_arguments(env, info, data, lengths, &hash_length)) return fail(env, "the arguments are wrong");
  const columns_t columns = {.names = data[2],
                             .names_length = lengths[2],
                             .path_offset = data[3],
                             .path_length = data[4],
                             .base_start = data[5],
                             .first_child = data[6],
                             .child_count = data[7],
                             .node_count = lengths[3]};
  of_node = words_of(env, columns.node_count, &out.of_node);
  if (of_node == NULL) return fail(env, "out of memory");
  if (!decode_listings(data[0], lengths[0], hash_length, &columns, &out)) {
    free(out.directories);
    return napi_get_null(env, &result) == napi_ok ? result : NULL;
  }
  array = words_of(env, out.count * LISTING_WORDS, &directories);
  if (array != NULL) memcpy(directories, out.directories, out.count * LISTING_WORDS * sizeof *directories);
  free(out.directories);
  const int ok = array != NULL && napi_create_object(env, &result) == napi_ok &&
                 napi_set_named_property(env, result, "directories", array) == napi_ok &&
                 napi_set_named_property(env, result, "ofNode", of_node) == napi_ok && put_number(env, result, "ident", out.ident) &&
                 put_number(env, result, "identLength", out.ident_length) && put_number(env, result, "flags", out.flags) &&
                 put_number(env, result, "exclude", out.exclude) && put_number(env, result, "excludesFile", out.excludes_file) &&
                 put_number(env, result, "ruleName", out.rule_name);
  return ok ? result : fail(env, "the listings could not be made");
}

int bind_listings(napi_env env, napi_value exports) {
  napi_value function;
  return napi_create_function(env, "decodeListings", NAPI_AUTO_LENGTH, decode, NULL, &function) == napi_ok &&
         napi_set_named_property(env, exports, "decodeListings", function) == napi_ok;
}
