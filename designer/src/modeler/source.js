/* The XML behind the drawing, to read: coloured, folded, searchable. */
import { defaultHighlightStyle, foldGutter, syntaxHighlighting } from "@codemirror/language";
import { xml } from "@codemirror/lang-xml";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";

/** Show a source; the returned function puts another in its place. */
export function showSource(parent, text) {
  const view = new EditorView({ parent, state: state(text) });
  return (next) => { if (next !== view.state.doc.toString()) view.setState(state(next)); };
}

function state(doc) {
  return EditorState.create({
    doc,
    extensions: [
      lineNumbers(), foldGutter(), xml(), syntaxHighlighting(defaultHighlightStyle), highlightSelectionMatches(), search({ top: true }),
      keymap.of(searchKeymap), EditorState.readOnly.of(true), EditorView.lineWrapping, EditorView.contentAttributes.of({ "aria-label": "XML of the model" }),
    ],
  });
}
