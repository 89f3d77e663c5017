// The functions of git_index.c for JavaScript:
//   decodeGitEntries(bytes, hashLength) -> { at, pathOffset, pathLength, names, next } | null
//   buildGitTree(bytes, names, at, pathOffset, pathLength, emptyBlob, writtenAt, owned, uid, gid) -> columns | null
// `names` of the result is null if names are part of the bytes. Columns are typed arrays named as in IndexTree, with
// nodeCount, entryCount and allFlags. The result is null if the bytes are no index or memory is short. Runs in the
// caller's thread.
#ifndef QUICKSILVER_GIT_INDEX_BINDING_H
#define QUICKSILVER_GIT_INDEX_BINDING_H

#include "binding.h"

// 0 if that fails.
int bind_git_index(napi_env env, napi_value exports);

#endif
