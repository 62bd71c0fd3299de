/* The keys of the modeller, added to the help sheet of every page. */
import { el } from "../app/dom.js";

const DRAW = [
  [["A"], "Append to the selected element"], [["N"], "New element"], [["E"], "Write its name"], [["R"], "Change its type"],
  [["H"], "Move the paper"], [["L"], "Select several"], [["S"], "Make space"], [["C"], "Connect"],
  [["Ctrl", "F"], "Find an element"], [["Del"], "Remove"],
];
const WORK = [
  [["Ctrl", "Z"], "Undo"], [["Ctrl", "Y"], "Redo"], [["Ctrl", "C"], "Copy, also to another tab"], [["Ctrl", "V"], "Paste"],
  [["Ctrl", "S"], "Save now"], [["Ctrl", "+"], "Larger"], [["Ctrl", "-"], "Smaller"], [["Ctrl", "0"], "Real size"], [["T"], "Simulate"],
];

export function addKeys() {
  const sheet = document.querySelector("#help .b-keys");
  sheet?.prepend(section("Drawing, with the canvas in focus", DRAW), section("The model", WORK));
}

const section = (title, keys) => el("section", {}, el("h3", {}, title), el("dl", {},
  keys.flatMap(([names, words]) => [el("dt", {}, names.flatMap((name) => [el("kbd", {}, name), " "])), el("dd", {}, words)])));
