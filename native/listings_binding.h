// The function of listings.c for JavaScript:
//   decodeListings(bytes, hashLength, names, pathOffset, pathLength, baseStart, firstChild, childCount) ->
//     { directories, ofNode, ident, identLength, flags, exclude, excludesFile, ruleName } | null
// `directories` has the words of listings.h for each directory. All but the arrays and `flags` are places in the bytes.
// The result is null if the bytes are malformed or memory is short. Runs in the caller's thread.
#ifndef QUICKSILVER_LISTINGS_BINDING_H
#define QUICKSILVER_LISTINGS_BINDING_H

#include "binding.h"

// 0 if that fails.
int bind_listings(napi_env env, napi_value exports);

#endif
