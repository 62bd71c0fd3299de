/* Draw what has no drawing yet, and tidy up what has one. */

const HAS_DRAWING = /<(?:\w+:)?BPMNShape\b/;

/** Whether a file says where its shapes are. */
export const hasDrawing = (source) => HAS_DRAWING.test(source);

/** The same model with a fresh drawing. */
export async function laidOut(source) {
  const { layoutProcess } = await import("bpmn-auto-layout");
  return layoutProcess(source);
}
