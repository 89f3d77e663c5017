// What decode_v1.c and decode_v2.c do, for JavaScript:
//   decodeV1(bytes, windowsNames, seed, multiplier) -> columns | null
//   decodeV2(bytes, windowsNames, rootOffset, rootCount) -> columns | null
// Columns are typed arrays by the names of NodeTable, with nodeCount and entryCount; null: the bytes are not those of a
// dirstate, or there is too little memory. Runs in the caller's thread.
#ifndef QUICKSILVER_DECODE_BINDING_H
#define QUICKSILVER_DECODE_BINDING_H

#include "binding.h"

// 0 if that fails.
int bind_decoders(napi_env env, napi_value exports);

#endif
