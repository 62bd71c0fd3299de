/* A user task that nobody is asked to do lies in nobody's list. */
import { extension, filled, is, rule } from "./parts.js";

export default rule((node) => {
  if (!is(node, "bpmn:UserTask")) return null;
  const asked = extension(node, "zeebe:AssignmentDefinition");
  return asked && [asked.assignee, asked.candidateUsers, asked.candidateGroups].some(filled) ? null : "Nobody in particular is asked to do this: enter an assignee or candidate groups.";
});
