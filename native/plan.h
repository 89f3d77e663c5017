// Plans a scan, without anything of Node: see plan.c.
#ifndef QUICKSILVER_PLAN_H
#define QUICKSILVER_PLAN_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  const uint32_t *first_child;
  const uint32_t *child_count;
  size_t node_count;
  uint32_t root;
  // Not 0, by node: no directory of this working copy.
  const uint8_t *excluded;
  double unit_nodes;
} plan_input_t;

typedef struct {
  // The directories of the first unit, which the caller has put there; then all others.
  uint32_t *nodes;
  uint32_t *parents;
  size_t count;
  // By node; the caller has put the places of the first unit there, and NONE elsewhere.
  uint32_t *place_of;
  // The first place after each unit.
  uint32_t *ends;
  size_t unit_count;
} drawn_plan_t;

// Completes a plan; nodes, parents and ends have room for a value a node. 0 if the columns are no tree, or memory is
// short.
int draw_plan(const plan_input_t *input, drawn_plan_t *plan);

#endif
