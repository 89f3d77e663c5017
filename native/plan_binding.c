#include "plan_binding.h"

#include "plan.h"

#include <stdlib.h>
#include <string.h>

enum { ARGUMENTS = 8 };

typedef struct {
  plan_input_t input;
  drawn_plan_t plan;
  uint8_t *excluded;
  size_t first_count;
} drawing_t;

static void free_drawing(drawing_t *drawing) {
  free(drawing->excluded);
  free(drawing->plan.nodes);
  free(drawing->plan.parents);
  free(drawing->plan.ends);
}

// Makes the room for a plan that begins with the given unit. 0 if the arguments do not fit, or memory is short.
static int begin(drawing_t *drawing, const uint32_t *excluded, size_t excluded_count, const uint32_t *nodes, const uint32_t *parents) {
  const size_t count = drawing->input.node_count, size = count * sizeof(uint32_t);
  drawn_plan_t *plan = &drawing->plan;
  if (count == 0 || drawing->first_count > count) return 0;
  drawing->excluded = calloc(count, 1);
  plan->nodes = malloc(size);
  plan->parents = malloc(size);
  plan->ends = malloc(size + sizeof(uint32_t));
  if (drawing->excluded == NULL || plan->nodes == NULL || plan->parents == NULL || plan->ends == NULL) return 0;
  for (size_t i = 0; i < excluded_count; i++) {
    if (excluded[i] >= count) return 0;
    drawing->excluded[excluded[i]] = 1;
  }
  drawing->input.excluded = drawing->excluded;
  plan->count = drawing->first_count;
  if (plan->count == 0) return 1;
  memcpy(plan->nodes, nodes, plan->count * sizeof *nodes);
  memcpy(plan->parents, parents, plan->count * sizeof *parents);
  plan->ends[plan->unit_count++] = (uint32_t)plan->count;
  return 1;
}

static int put_words(napi_env env, napi_value object, const char *name, const uint32_t *words, size_t count) {
  napi_value buffer, array;
  void *copy;
  if (napi_create_arraybuffer(env, count * sizeof *words, &copy, &buffer) != napi_ok) return 0;
  if (count > 0) memcpy(copy, words, count * sizeof *words);
  return napi_create_typedarray(env, napi_uint32_array, count, buffer, 0, &array) == napi_ok &&
         napi_set_named_property(env, object, name, array) == napi_ok;
}

static napi_value plan_scan(napi_env env, napi_callback_info info) {
  size_t given = ARGUMENTS, lengths[ARGUMENTS];
  napi_value values[ARGUMENTS], result;
  void *data[ARGUMENTS];
  drawing_t drawing = {0};
  if (napi_get_cb_info(env, info, &given, values, NULL, NULL) != napi_ok || given < ARGUMENTS) return fail(env, "the arguments are wrong");
  for (int i = 0; i < ARGUMENTS - 1; i++) {
    if (i != 2 && !read_array(env, values[i], napi_uint32_array, &data[i], &lengths[i])) return fail(env, "the arguments are wrong");
  }
  if (napi_get_value_uint32(env, values[2], &drawing.input.root) != napi_ok ||
      napi_get_value_double(env, values[7], &drawing.input.unit_nodes) != napi_ok || lengths[1] != lengths[0] ||
      lengths[4] != lengths[0] || lengths[5] != lengths[6]) {
    return fail(env, "the arguments are wrong");
  }
  drawing.input.first_child = data[0];
  drawing.input.child_count = data[1];
  drawing.input.node_count = lengths[0];
  drawing.plan.place_of = data[4];
  drawing.first_count = lengths[5];
  if (!begin(&drawing, data[3], lengths[3], data[5], data[6]) || !draw_plan(&drawing.input, &drawing.plan)) {
    free_drawing(&drawing);
    return napi_get_null(env, &result) == napi_ok ? result : NULL;
  }
  const drawn_plan_t *plan = &drawing.plan;
  const int ok = napi_create_object(env, &result) == napi_ok && put_words(env, result, "nodes", plan->nodes, plan->count) &&
                 put_words(env, result, "parents", plan->parents, plan->count) &&
                 put_words(env, result, "ends", plan->ends, plan->unit_count);
  free_drawing(&drawing);
  return ok ? result : fail(env, "the plan could not be made");
}

int bind_plan(napi_env env, napi_value exports) {
  napi_value function;
  return napi_create_function(env, "drawPlan", NAPI_AUTO_LENGTH, plan_scan, NULL, &function) == napi_ok &&
         napi_set_named_property(env, exports, "drawPlan", function) == napi_ok;
}
