#include "decode_binding.h"

#include <stdbool.h>
#include <string.h>

#include "decode.h"

typedef struct {
  const uint8_t *bytes;
  size_t length;
  bool windows;
  uint32_t first, second;
} arguments_t;

static int read_arguments(napi_env env, napi_callback_info info, arguments_t *arguments) {
  size_t count = 4;
  napi_value values[4];
  napi_typedarray_type type;
  void *data;
  bool is_array = false;
  if (napi_get_cb_info(env, info, &count, values, NULL, NULL) != napi_ok || count < 4) return 0;
  if (napi_is_typedarray(env, values[0], &is_array) != napi_ok || !is_array) return 0;
  if (napi_get_typedarray_info(env, values[0], &type, &arguments->length, &data, NULL, NULL) != napi_ok) return 0;
  if (type != napi_uint8_array || (data == NULL && arguments->length > 0)) return 0;
  arguments->bytes = data;
  return napi_get_value_bool(env, values[1], &arguments->windows) == napi_ok &&
         napi_get_value_uint32(env, values[2], &arguments->first) == napi_ok &&
         napi_get_value_uint32(env, values[3], &arguments->second) == napi_ok;
}

static int put_number(napi_env env, napi_value object, const char *name, size_t value) {
  napi_value number;
  return napi_create_double(env, (double)value, &number) == napi_ok &&
         napi_set_named_property(env, object, name, number) == napi_ok;
}

// A copy in JavaScript's own memory: memory of others cannot be lent to it everywhere.
static int put_column(napi_env env, napi_value object, const char *name, napi_typedarray_type type, const void *data,
                      size_t count) {
  const size_t length = count * (type == napi_uint16_array ? sizeof(uint16_t) : sizeof(uint32_t));
  napi_value buffer, array;
  void *copy;
  if (napi_create_arraybuffer(env, length, &copy, &buffer) != napi_ok) return 0;
  if (length > 0) memcpy(copy, data, length);
  return napi_create_typedarray(env, type, count, buffer, 0, &array) == napi_ok &&
         napi_set_named_property(env, object, name, array) == napi_ok;
}

static int put_columns(napi_env env, napi_value object, const table_t *table) {
  const size_t count = table->node_count;
  return put_number(env, object, "nodeCount", count) && put_number(env, object, "entryCount", table->entry_count) &&
         put_column(env, object, "pathOffset", napi_uint32_array, table->path_offset, count) &&
         put_column(env, object, "pathLength", napi_uint16_array, table->path_length, count) &&
         put_column(env, object, "baseStart", napi_uint16_array, table->base_start, count) &&
         put_column(env, object, "firstChild", napi_uint32_array, table->first_child, count) &&
         put_column(env, object, "childCount", napi_uint32_array, table->child_count, count) &&
         put_column(env, object, "flags", napi_uint16_array, table->flags, count) &&
         put_column(env, object, "size", napi_uint32_array, table->size, count) &&
         put_column(env, object, "mtimeSeconds", napi_uint32_array, table->seconds, count) &&
         put_column(env, object, "mtimeNanoseconds", napi_uint32_array, table->nanoseconds, count) &&
         put_column(env, object, "copyOffset", napi_uint32_array, table->copy_offset, count) &&
         put_column(env, object, "copyLength", napi_uint16_array, table->copy_length, count) &&
         (table->source_offset == NULL ||
          put_column(env, object, "sourceOffset", napi_uint32_array, table->source_offset, count));
}

static napi_value fail(napi_env env, const char *message) {
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (!pending) napi_throw_error(env, NULL, message);
  return NULL;
}

static napi_value answer(napi_env env, int decoded, table_t *table) {
  napi_value result;
  if (!decoded) return napi_get_null(env, &result) == napi_ok ? result : NULL;
  const int ok = napi_create_object(env, &result) == napi_ok && put_columns(env, result, table);
  free_table(table);
  return ok ? result : fail(env, "the columns could not be made");
}

static napi_value version1(napi_env env, napi_callback_info info) {
  arguments_t a;
  table_t table;
  if (!read_arguments(env, info, &a)) return fail(env, "the arguments are wrong");
  const secret_t secret = {.seed = a.first, .multiplier = a.second | 1};
  return answer(env, decode_v1(a.bytes, a.length, a.windows, secret, &table), &table);
}

static napi_value version2(napi_env env, napi_callback_info info) {
  arguments_t a;
  table_t table;
  if (!read_arguments(env, info, &a)) return fail(env, "the arguments are wrong");
  return answer(env, decode_v2(a.bytes, a.length, a.windows, a.first, a.second, &table), &table);
}

int bind_decoders(napi_env env, napi_value exports) {
  napi_value function;
  return napi_create_function(env, "decodeV1", NAPI_AUTO_LENGTH, version1, NULL, &function) == napi_ok &&
         napi_set_named_property(env, exports, "decodeV1", function) == napi_ok &&
         napi_create_function(env, "decodeV2", NAPI_AUTO_LENGTH, version2, NULL, &function) == napi_ok &&
         napi_set_named_property(env, exports, "decodeV2", function) == napi_ok;
}
