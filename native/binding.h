// Helpers for every file that exchanges values with JavaScript.
#ifndef QUICKSILVER_BINDING_H
#define QUICKSILVER_BINDING_H

#define NAPI_VERSION 8
#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>

// Throws an error with this message, unless one was thrown already. Answers NULL, to be returned.
static inline napi_value fail(napi_env env, const char *message) {
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (!pending) napi_throw_error(env, NULL, message);
  return NULL;
}

// Where the elements of a typed array of this type are, and how many; false if it is no such thing.
static inline bool read_array(napi_env env, napi_value value, napi_typedarray_type type, void **data, size_t *length) {
  bool is_array = false;
  napi_typedarray_type found;
  return napi_is_typedarray(env, value, &is_array) == napi_ok && is_array &&
         napi_get_typedarray_info(env, value, &found, length, data, NULL, NULL) == napi_ok && found == type &&
         (*data != NULL || *length == 0);
}

static inline bool put_number(napi_env env, napi_value object, const char *name, size_t value) {
  napi_value number;
  return napi_create_double(env, (double)value, &number) == napi_ok &&
         napi_set_named_property(env, object, name, number) == napi_ok;
}

#endif
