// The user at the other end of a socket: see peer.c.
#ifndef QUICKSILVER_PEER_H
#define QUICKSILVER_PEER_H

#include "binding.h"

// Adds the function to the exports.
napi_status export_peer(napi_env env, napi_value exports);

#endif
