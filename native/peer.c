// The user at the other end of a unix socket, as the kernel knows it. Node has no call for that.
//   peerUser(descriptor) -> the number of the user, or -1 if there is none to be had
#define _GNU_SOURCE
#include "peer.h"

#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

static napi_value peer_user(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument, result;
  int32_t descriptor;
  double user = -1;
  if (napi_get_cb_info(env, info, &count, &argument, NULL, NULL) != napi_ok || count < 1 ||
      napi_get_value_int32(env, argument, &descriptor) != napi_ok) {
    return fail(env, "expected a descriptor");
  }
#ifdef __linux__
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && length == sizeof peer) user = peer.uid;
#else
  uid_t uid;
  gid_t gid;
  if (getpeereid(descriptor, &uid, &gid) == 0) user = uid;
#endif
  return napi_create_double(env, user, &result) == napi_ok ? result : NULL;
}

napi_status export_peer(napi_env env, napi_value exports) {
  napi_value function;
  const napi_status status = napi_create_function(env, "peerUser", NAPI_AUTO_LENGTH, peer_user, NULL, &function);
  return status == napi_ok ? napi_set_named_property(env, exports, "peerUser", function) : status;
}
