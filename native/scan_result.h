// Writes the result of a unit's scan: see scan.c.
#ifndef QUICKSILVER_SCAN_RESULT_H
#define QUICKSILVER_SCAN_RESULT_H

#include <stdlib.h>
#include <string.h>

#include "scan.h"

// Bytes of the reported names of one unit.
#define MAX_NAME_BYTES 0x40000000u

static void put(result_t *result, uint32_t word) {
  if (result->count == result->capacity) {
    size_t capacity = result->capacity ? result->capacity * 2 : 256;
    uint32_t *words = result->failed ? NULL : realloc(result->words, capacity * sizeof *words);
    if (words == NULL) {
      result->failed = 1;
      return;
    }
    result->words = words;
    result->capacity = capacity;
  }
  result->words[result->count++] = word;
}

static uint32_t put_name(result_t *result, const char *name, size_t length) {
  if (result->names_count + length > MAX_NAME_BYTES) result->failed = 1;
  if (result->names_count + length > result->names_capacity) {
    size_t capacity = result->names_capacity * 2 + length + 256;
    char *names = result->failed ? NULL : realloc(result->names, capacity);
    if (names == NULL) {
      result->failed = 1;
      return 0;
    }
    result->names = names;
    result->names_capacity = capacity;
  }
  memcpy(result->names + result->names_count, name, length);
  result->names_count += length;
  return (uint32_t)(result->names_count - length);
}

static void tell(result_t *result, uint32_t place, uint32_t what) {
  put(result, place);
  put(result, what);
  put(result, 0);
}

#endif
