/* What is checked while drawing: rules of bpmnlint that fit an executable process, and our own. */
import adHoc from "bpmnlint/rules/ad-hoc-sub-process";
import eventGateway from "bpmnlint/rules/event-based-gateway";
import endRequired from "bpmnlint/rules/end-event-required";
import eventSubProcess from "bpmnlint/rules/event-sub-process-typed-start-event";
import labels from "bpmnlint/rules/label-required";
import linkEvent from "bpmnlint/rules/link-event";
import noDisconnected from "bpmnlint/rules/no-disconnected";
import noDuplicateFlows from "bpmnlint/rules/no-duplicate-sequence-flows";
import noJoinFork from "bpmnlint/rules/no-gateway-join-fork";
import noOverlap from "bpmnlint/rules/no-overlapping-elements";
import singleBlankStart from "bpmnlint/rules/single-blank-start-event";
import singleDefinition from "bpmnlint/rules/single-event-definition";
import startRequired from "bpmnlint/rules/start-event-required";
import subProcessStart from "bpmnlint/rules/sub-process-blank-start-event";
import superfluousGateway from "bpmnlint/rules/superfluous-gateway";
import { ownRules } from "../../lint/index.js";

const CORE = {
  "ad-hoc-sub-process": [adHoc, "error"],
  "end-event-required": [endRequired, "warn"],
  "event-based-gateway": [eventGateway, "error"],
  "event-sub-process-typed-start-event": [eventSubProcess, "error"],
  "label-required": [labels, "info"],
  "link-event": [linkEvent, "error"],
  "no-disconnected": [noDisconnected, "error"],
  "no-duplicate-sequence-flows": [noDuplicateFlows, "warn"],
  "no-gateway-join-fork": [noJoinFork, "warn"],
  "no-overlapping-elements": [noOverlap, "warn"],
  "single-blank-start-event": [singleBlankStart, "error"],
  "single-event-definition": [singleDefinition, "error"],
  "start-event-required": [startRequired, "error"],
  "sub-process-blank-start-event": [subProcessStart, "error"],
  "superfluous-gateway": [superfluousGateway, "info"],
};

/** The words people read instead of bpmnlint's. */
export const WORDS = {
  "end-event-required": "Has no end event.",
  "label-required": "Has no name yet.",
  "no-disconnected": "Is not connected to anything.",
  "no-duplicate-sequence-flows": "Two flows connect the same elements.",
  "no-gateway-join-fork": "Joins and splits at once; two gateways say more clearly what happens.",
  "no-overlapping-elements": "Lies over another element.",
  "single-blank-start-event": "Has more than one plain start event.",
  "single-event-definition": "Has more than one event definition.",
  "start-event-required": "Has no start event.",
  "superfluous-gateway": "This gateway neither joins nor splits.",
};

/** Configuration and resolver as bpmnlint wants them. */
export function lintConfig() {
  const rules = { ...CORE };
  for (const [name, [rule, category]] of Object.entries(ownRules)) rules[name] = [rule, category];
  return {
    config: { rules: Object.fromEntries(Object.entries(rules).map(([name, [, category]]) => [name, category])) },
    resolver: { resolveRule: (_package, name) => rules[name]?.[0], resolveConfig: () => ({}) },
  };
}
