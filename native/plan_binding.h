// The function of plan.c for JavaScript:
//   drawPlan(firstChild, childCount, root, excluded, placeOf, nodes, parents, unitNodes) ->
//     { nodes, parents, ends } | null
// `nodes` and `parents` are the first unit, which may be empty; `placeOf` has its places, and gets those of all others.
// The result is null if the columns are no tree, or memory is short; then `placeOf` is worthless.
#ifndef QUICKSILVER_PLAN_BINDING_H
#define QUICKSILVER_PLAN_BINDING_H

#include "binding.h"

// 0 if that fails.
int bind_plan(napi_env env, napi_value exports);

#endif
