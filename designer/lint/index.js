/* Our own rules, by the names that the engine's check uses for the same mistakes: where both see one, it is shown once. */
import calledProcessMissing from "./called-process-missing.js";
import decisionMissing from "./decision-missing.js";
import errorCodeMissing from "./error-code-missing.js";
import expressionWithoutSign from "./expression-without-sign.js";
import flowWithoutCondition from "./flow-without-condition.js";
import formMissing from "./form-missing.js";
import jobTypeMissing from "./job-type-missing.js";
import loopWithoutCollection from "./loop-without-collection.js";
import messageMissing from "./message-missing.js";
import nobodyAssigned from "./nobody-assigned.js";
import notExecutable from "./not-executable.js";
import scriptMissing from "./script-missing.js";
import signalMissing from "./signal-missing.js";
import timerWithoutValue from "./timer-without-value.js";
import toolUndescribed from "./tool-undescribed.js";

/** Name → rule and category. */
export const ownRules = {
  "called-process-missing": [calledProcessMissing, "error"],
  "decision-missing": [decisionMissing, "error"],
  "error-code-missing": [errorCodeMissing, "error"],
  "expression-without-sign": [expressionWithoutSign, "error"],
  "flow-without-condition": [flowWithoutCondition, "error"],
  "form-missing": [formMissing, "info"],
  "job-type-missing": [jobTypeMissing, "error"],
  "loop-without-collection": [loopWithoutCollection, "error"],
  "message-missing": [messageMissing, "error"],
  "nobody-assigned": [nobodyAssigned, "info"],
  "not-executable": [notExecutable, "error"],
  "script-missing": [scriptMissing, "error"],
  "signal-missing": [signalMissing, "error"],
  "timer-without-value": [timerWithoutValue, "error"],
  "tool-undescribed": [toolUndescribed, "warn"],
};
