/* Variables that earlier instances had, offered where expressions are written. */
import VariableProvider from "@bpmn-io/variable-resolver/lib/VariableProvider";

/** A module that adds example variables to every process. */
export function examplesModule(examples) {
  class ExampleProvider extends VariableProvider {
    getVariables(element) {
      if (element.type !== "bpmn:Process" && element.type !== "bpmn:Participant") return undefined;
      return Object.entries(examples() ?? {}).map(([name, value]) => described(name, value, element.businessObject));
    }
  }
  ExampleProvider.$inject = VariableProvider.$inject;
  return { __init__: ["batonExamples"], batonExamples: ["type", ExampleProvider] };
}

/** A value as the completion wants it: type, entries, and a first look at it. */
export function described(name, value, scope) {
  const entries = value && typeof value === "object" && !Array.isArray(value)
    ? Object.entries(value).map(([key, inner]) => described(key, inner, scope)) : [];
  return { name, type: typeName(value), entries, isList: Array.isArray(value), info: brief(value), scope };
}

function typeName(value) {
  if (value === null) return "Null";
  if (Array.isArray(value)) return "List";
  return { string: "String", number: "Number", boolean: "Boolean", object: "Context" }[typeof value];
}

function brief(value) {
  const text = JSON.stringify(value);
  return `in an earlier instance: ${text.length > 60 ? `${text.slice(0, 57)}…` : text}`;
}
