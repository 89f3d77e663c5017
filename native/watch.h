// Watches of directories through one descriptor of the kernel's: see watch.c.
#ifndef QUICKSILVER_WATCH_H
#define QUICKSILVER_WATCH_H

#include "binding.h"

// Adds the functions to the exports, where the system has inotify; adds nothing elsewhere.
napi_status export_watch(napi_env env, napi_value exports);

#endif
