/* Element types: an icon and a word for each. */

const KINDS = {
  SERVICE_TASK: ["plug", "Service task"],
  USER_TASK: ["user", "User task"],
  SCRIPT_TASK: ["square-function", "Script task"],
  SEND_TASK: ["send", "Send task"],
  RECEIVE_TASK: ["mail-open", "Receive task"],
  BUSINESS_RULE_TASK: ["table-2", "Business rule task"],
  MANUAL_TASK: ["hand", "Manual task"],
  TASK: ["square", "Task"],
  CALL_ACTIVITY: ["square-plus", "Call activity"],
  SUB_PROCESS: ["group", "Sub-process"],
  EVENT_SUB_PROCESS: ["group", "Event sub-process"],
  AD_HOC_SUB_PROCESS: ["bot", "Ad-hoc sub-process"],
  TRANSACTION: ["group", "Transaction"],
  MULTI_INSTANCE_BODY: ["layers", "Multi-instance"],
  START_EVENT: ["circle-play", "Start event"],
  END_EVENT: ["circle-dot", "End event"],
  BOUNDARY_EVENT: ["timer", "Boundary event"],
  INTERMEDIATE_CATCH_EVENT: ["hourglass", "Catch event"],
  INTERMEDIATE_THROW_EVENT: ["circle-arrow-right", "Throw event"],
  EXCLUSIVE_GATEWAY: ["diamond", "Exclusive gateway"],
  PARALLEL_GATEWAY: ["diamond-plus", "Parallel gateway"],
  INCLUSIVE_GATEWAY: ["diamond", "Inclusive gateway"],
  EVENT_BASED_GATEWAY: ["diamond", "Event-based gateway"],
};

/** The icon's name. */
export const pictureOf = (type) => KINDS[type]?.[0] ?? "circle";

/** The word. */
export const wordOf = (type) => KINDS[type]?.[1] ?? (type || "Element").toLowerCase().replaceAll("_", " ").replace(/^./, (first) => first.toUpperCase());
