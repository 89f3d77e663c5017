// Plans a scan with the same result as src/status/bulk/plan.ts, which gives the reasons.
#include "plan.h"

#include <stdlib.h>

#define NONE 0xffffffffu
// As in plan.ts.
#define LARGEST 4.0
#define LEFT_FOR_LARGER 24.0

// A directory that waits, and the place of its parent.
typedef struct {
  uint32_t node;
  uint32_t parent;
} waiting_t;

static int end_unit(drawn_plan_t *plan) {
  const size_t from = plan->unit_count > 0 ? plan->ends[plan->unit_count - 1] : 0;
  if (plan->count > from) plan->ends[plan->unit_count++] = (uint32_t)plan->count;
  return 1;
}

// 0 if the nodes are no tree.
static int walk(const plan_input_t *input, drawn_plan_t *plan, waiting_t *waiting) {
  const size_t count = input->node_count;
  // Each node waits once: the array has room for all.
  size_t depth = 0, met = 0;
  double weight = 0, left = (double)count;
  waiting[depth++] = (waiting_t){.node = input->root, .parent = NONE};
  while (depth > 0) {
    const waiting_t next = waiting[--depth];
    if (++met > count) return 0;
    if (plan->place_of[next.node] == NONE) {
      plan->place_of[next.node] = (uint32_t)plan->count;
      plan->nodes[plan->count] = next.node;
      plan->parents[plan->count++] = next.parent;
      weight += input->child_count[next.node] + 1.0;
    }
    const uint32_t place = plan->place_of[next.node], first = input->first_child[next.node];
    const uint32_t children = input->child_count[next.node];
    if (first > count || children > count - first) return 0;
    for (uint32_t child = first + children; child-- > first;) {
      if (input->child_count[child] == 0 || input->excluded[child]) continue;
      // A parent comes before its children, so that this ends.
      if (child <= next.node || depth == count) return 0;
      waiting[depth++] = (waiting_t){.node = child, .parent = place};
    }
    double limit = left / LEFT_FOR_LARGER > input->unit_nodes ? left / LEFT_FOR_LARGER : input->unit_nodes;
    if (limit > input->unit_nodes * LARGEST) limit = input->unit_nodes * LARGEST;
    if (weight < limit) continue;
    end_unit(plan);
    left -= weight;
    weight = 0;
  }
  return end_unit(plan);
}

int draw_plan(const plan_input_t *input, drawn_plan_t *plan) {
  if (input->root >= input->node_count || input->node_count >= NONE) return 0;
  waiting_t *waiting = malloc(input->node_count * sizeof *waiting);
  if (waiting == NULL) return 0;
  const int ok = walk(input, plan, waiting);
  free(waiting);
  return ok;
}
