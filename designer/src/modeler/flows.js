/* BPMN lets files leave out what comes into a node and goes out of it; rules and drawing want it said. */

/** Complete incoming and outgoing of every node from the sequence flows. */
export function completeFlows(definitions) {
  for (const root of definitions.rootElements ?? []) completeScope(root);
}

function completeScope(scope) {
  for (const element of scope.flowElements ?? []) {
    if (element.$type === "bpmn:SequenceFlow") {
      add(element.sourceRef, "outgoing", element);
      add(element.targetRef, "incoming", element);
    } else {
      completeScope(element);
    }
  }
}

function add(node, side, flow) {
  if (node && !node.get(side).includes(flow)) node.get(side).push(flow);
}
