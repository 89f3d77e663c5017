// The functions of git_staged.c and inflate.c for JavaScript:
//   decodeCachedTrees(bytes, hashLength) -> { nameAt, nameLength, idAt, end } | null
//   prepareStaged({ names, pathOffset, ..., bytes, at, hashLength, cachedBytes, nameAt, nameLength, idAt,
//     end }) -> handle
//   compareTree(handle, tree, node, cached) -> Uint32Array | null
//   inflate(bytes, limit) -> Buffer | null
// A result is null if the bytes are malformed or memory is short. Nobody may change the arrays while the handle lives.
// All run in the caller's thread.
#ifndef QUICKSILVER_GIT_STAGED_BINDING_H
#define QUICKSILVER_GIT_STAGED_BINDING_H

#include "binding.h"

// 0 if that fails.
int bind_git_staged(napi_env env, napi_value exports);

#endif
