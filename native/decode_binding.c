#include "decode_binding.h"

#include "decode.h"
#include "decode_bazaar.h"

typedef struct {
  const uint8_t *bytes;
  size_t length;
  bool windows;
  uint32_t first, second;
} arguments_t;

static int read_arguments(napi_env env, napi_callback_info info, arguments_t *arguments) {
  size_t count = 4;
  napi_value values[4];
  void *data;
  if (napi_get_cb_info(env, info, &count, values, NULL, NULL) != napi_ok || count < 4) return 0;
  if (!read_array(env, values[0], napi_uint8_array, &data, &arguments->length)) return 0;
  arguments->bytes = data;
  return napi_get_value_bool(env, values[1], &arguments->windows) == napi_ok &&
         napi_get_value_uint32(env, values[2], &arguments->first) == napi_ok &&
         napi_get_value_uint32(env, values[3], &arguments->second) == napi_ok;
}

enum { COLUMNS = 12 };

// The columns in JavaScript's own memory: that of others cannot be lent to it everywhere.
typedef struct {
  napi_env env;
  napi_value buffers[COLUMNS];
  int with_source;
} memory_t;

// In the order of the buffers. The last is only of version 2.
static const struct {
  const char *name;
  napi_typedarray_type type;
} KINDS[COLUMNS] = {
    {"pathOffset", napi_uint32_array}, {"pathLength", napi_uint16_array},       {"baseStart", napi_uint16_array},
    {"firstChild", napi_uint32_array}, {"childCount", napi_uint32_array},       {"flags", napi_uint16_array},
    {"size", napi_uint32_array},       {"mtimeSeconds", napi_uint32_array},     {"mtimeNanoseconds", napi_uint32_array},
    {"copyOffset", napi_uint32_array}, {"copyLength", napi_uint16_array},       {"sourceOffset", napi_uint32_array},
};

static int make_columns(void *context, size_t count, int with_source, table_t *table) {
  memory_t *memory = context;
  void *data[COLUMNS] = {0};
  memory->with_source = with_source;
  for (int i = 0; i < COLUMNS - !with_source; i++) {
    const size_t length = count * (KINDS[i].type == napi_uint16_array ? sizeof(uint16_t) : sizeof(uint32_t));
    if (napi_create_arraybuffer(memory->env, length, &data[i], &memory->buffers[i]) != napi_ok || data[i] == NULL) return 0;
  }
  *table = (table_t){.path_offset = data[0],
                     .path_length = data[1],
                     .base_start = data[2],
                     .first_child = data[3],
                     .child_count = data[4],
                     .flags = data[5],
                     .size = data[6],
                     .seconds = data[7],
                     .nanoseconds = data[8],
                     .copy_offset = data[9],
                     .copy_length = data[10],
                     .source_offset = data[11]};
  return 1;
}

static int put_columns(napi_env env, napi_value object, const memory_t *memory, const table_t *table) {
  for (int i = 0; i < COLUMNS - !memory->with_source; i++) {
    napi_value array;
    if (napi_create_typedarray(env, KINDS[i].type, table->node_count, memory->buffers[i], 0, &array) != napi_ok ||
        napi_set_named_property(env, object, KINDS[i].name, array) != napi_ok) {
      return 0;
    }
  }
  return put_number(env, object, "nodeCount", table->node_count) &&
         put_number(env, object, "entryCount", table->entry_count);
}

static napi_value answer(napi_env env, int decoded, const memory_t *memory, const table_t *table) {
  napi_value result;
  bool pending = false;
  // If memory is short, an exception may be pending. It counts as an answer.
  if (napi_is_exception_pending(env, &pending) != napi_ok || pending) return NULL;
  if (!decoded) return napi_get_null(env, &result) == napi_ok ? result : NULL;
  const int ok = napi_create_object(env, &result) == napi_ok && put_columns(env, result, memory, table);
  return ok ? result : fail(env, "the columns could not be made");
}

static napi_value version1(napi_env env, napi_callback_info info) {
  arguments_t a;
  table_t table;
  memory_t memory = {.env = env};
  if (!read_arguments(env, info, &a)) return fail(env, "the arguments are wrong");
  const secret_t secret = {.seed = a.first, .multiplier = a.second | 1};
  const maker_t maker = {.make = make_columns, .context = &memory};
  return answer(env, decode_v1(a.bytes, a.length, a.windows, secret, maker, &table), &memory, &table);
}

static napi_value version2(napi_env env, napi_callback_info info) {
  arguments_t a;
  table_t table;
  memory_t memory = {.env = env};
  if (!read_arguments(env, info, &a)) return fail(env, "the arguments are wrong");
  const maker_t maker = {.make = make_columns, .context = &memory};
  return answer(env, decode_v2(a.bytes, a.length, a.windows, a.first, a.second, maker, &table), &memory, &table);
}

// In the order of bazaar_columns_t.
static const napi_typedarray_type BAZAAR_COLUMNS[] = {
    napi_uint32_array, napi_uint16_array, napi_uint16_array, napi_uint32_array, napi_uint32_array,
    napi_uint16_array, napi_uint32_array, napi_uint32_array, napi_uint32_array, napi_uint32_array,
    napi_uint32_array, napi_uint32_array, napi_uint32_array,
};
enum { BAZAAR_COLUMN_COUNT = sizeof BAZAAR_COLUMNS / sizeof *BAZAAR_COLUMNS };

static napi_value plain_rows(napi_env env, napi_callback_info info) {
  size_t count = 3, length, capacity = SIZE_MAX, state_length;
  napi_value values[3], column;
  void *bytes, *data[BAZAAR_COLUMN_COUNT], *state;
  if (napi_get_cb_info(env, info, &count, values, NULL, NULL) != napi_ok || count < 3 ||
      !read_array(env, values[0], napi_uint8_array, &bytes, &length) || length > UINT32_MAX ||
      !read_array(env, values[2], napi_uint32_array, &state, &state_length) ||
      state_length * sizeof(uint32_t) != sizeof(bazaar_state_t)) {
    return fail(env, "the arguments are wrong");
  }
  for (uint32_t i = 0; i < BAZAAR_COLUMN_COUNT; i++) {
    size_t found;
    if (napi_get_element(env, values[1], i, &column) != napi_ok ||
        !read_array(env, column, BAZAAR_COLUMNS[i], &data[i], &found)) {
      return fail(env, "the columns are wrong");
    }
    if (found < capacity) capacity = found;
  }
  const bazaar_columns_t columns = {
      data[0], data[1], data[2], data[3], data[4], data[5], data[6], data[7], data[8], data[9], data[10], data[11], data[12], capacity};
  take_plain_rows(bytes, length, &columns, state);
  return NULL;
}

int bind_decoders(napi_env env, napi_value exports) {
  napi_value function;
  return napi_create_function(env, "decodeV1", NAPI_AUTO_LENGTH, version1, NULL, &function) == napi_ok &&
         napi_set_named_property(env, exports, "decodeV1", function) == napi_ok &&
         napi_create_function(env, "decodeV2", NAPI_AUTO_LENGTH, version2, NULL, &function) == napi_ok &&
         napi_set_named_property(env, exports, "decodeV2", function) == napi_ok &&
         napi_create_function(env, "takePlainRows", NAPI_AUTO_LENGTH, plain_rows, NULL, &function) == napi_ok &&
         napi_set_named_property(env, exports, "takePlainRows", function) == napi_ok;
}
