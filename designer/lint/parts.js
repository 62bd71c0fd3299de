/* Small words that several rules use. */

/** Whether an element is of a type, or of one that inherits from it. */
export const is = (node, type) => node.$instanceOf?.(type) ?? false;

/** The first extension element of a type. */
export const extension = (node, type) => node.extensionElements?.values?.find((each) => each.$type === type);

/** Whether a text says something. */
export const filled = (text) => typeof text === "string" && text.trim() !== "" && text.trim() !== "=";

/** Whether a text is a FEEL expression. */
export const isExpression = (text) => typeof text === "string" && text.trim().startsWith("=");

/** The event definitions of an event, each checked with the event that has it. */
export const definitions = (node, type) => (node.eventDefinitions ?? []).filter((each) => is(each, type));

/** A rule that reports at most one sentence about a node. */
export const rule = (sentence) => () => ({
  check(node, reporter) {
    const words = sentence(node);
    if (words) reporter.report(node.id, words);
  },
});
