/* Two sources line by line. */
import { defaultHighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { json } from "@codemirror/lang-json";
import { xml } from "@codemirror/lang-xml";
import { MergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";

/** Show the difference of two texts. */
export function showText(parent, before, after, kind) {
  const extensions = [lineNumbers(), kind === "form" ? json() : xml(), syntaxHighlighting(defaultHighlightStyle), EditorState.readOnly.of(true), EditorView.lineWrapping];
  parent.replaceChildren();
  new MergeView({ parent, a: { doc: before, extensions }, b: { doc: after, extensions }, collapseUnchanged: { margin: 3, minSize: 6 }, gutter: true });
}
