// The functions of decode_v1.c, decode_v2.c and decode_bazaar.c for JavaScript:
//   decodeV1(bytes, windowsNames, seed, multiplier) -> columns | null
//   decodeV2(bytes, windowsNames, rootOffset, rootCount) -> columns | null
//   takePlainRows(bytes, [column, ...], state): of decode_bazaar.c; columns and state in the order of its structures
// Columns are typed arrays named as in NodeTable, with nodeCount and entryCount. The result is null if the bytes are
// no dirstate or memory is short. Runs in the caller's thread.
#ifndef QUICKSILVER_DECODE_BINDING_H
#define QUICKSILVER_DECODE_BINDING_H

#include "binding.h"

// 0 if that fails.
int bind_decoders(napi_env env, napi_value exports);

#endif
