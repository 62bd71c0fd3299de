/* Draw what has no drawing yet, and tidy up what has one: the server knows how. */
import { post } from "../app/dom.js";

const HAS_DRAWING = /<(?:[\w.-]+:)?BPMNShape\b/;

/** Whether a file says where its shapes are. */
export const hasDrawing = (source) => HAS_DRAWING.test(source);

/** The same model with a fresh drawing. */
export async function laidOut(api, source) {
  return (await post(`${api}/layout`, { source })).source;
}
