/* Each record as a sentence a person would say. */

const quote = (value) => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text === undefined ? "nothing" : text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

/** The reason that somebody gave. */
const why = (record) => (record.reason ? ` (${record.reason})` : "");

function modified(body, name) {
  const parts = [];
  if (body.terminated?.length) parts.push(`ended ${body.terminated.map(name).join(", ")}`);
  if (body.activated?.length) parts.push(`began ${body.activated.map(name).join(", ")}`);
  return parts.join(", ") || "variables";
}

const SENTENCES = {
  InstanceStarted: () => "The instance began",
  InstanceForked: (body, _name, record) => `Taken up from record ${body.source_sequence} of instance ${body.source_instance_key}${why(record)}`,
  InstanceModified: (body, name, record) => `${record.actor ?? "Somebody"} changed it by hand: ${modified(body, name)}${why(record)}`,
  InstanceSuspended: (_body, _name, record) => `Suspended by ${record.actor ?? "somebody"}${why(record)}`,
  InstanceResumed: (_body, _name, record) => `Resumed by ${record.actor ?? "somebody"}${why(record)}`,
  InstanceCompleted: () => "The instance is complete",
  InstanceCancelled: (_body, _name, record) => `The instance was cancelled${why(record)}`,
  ElementActivated: (body, name) => `${name(body.element_id)} began${body.loop_counter ? `, round ${body.loop_counter}` : ""}`,
  ElementCompleted: (body, name) => `${name(body.element_id)} is done`,
  ElementTerminated: (body, name) => `${name(body.element_id)} was ended`,
  ElementMoved: (body, name) => `Moved on to ${name(body.element_id)}`,
  ModelReplaced: (body, _name, record) => `Goes on under version ${body.version}${why(record)}`,
  FlowTaken: (body, name) => `Took the way ${name(body.flow_id)}`,
  VariableSet: (body) => `${body.name} = ${quote(body.value)}`,
  EventThrown: (body, name) => `${name(body.element_id)} threw ${body.event_type}${body.name ? ` ${body.name}` : ""}${body.caught === false ? ", nobody caught it" : ""}`,
  EventCaught: (body, name) => `${name(body.element_id)} caught ${body.event_type}${body.name ? ` ${body.name}` : ""}`,
  CompensationTriggered: (body, name) => `${name(body.element_id)} is being undone by ${name(body.handler_id)}`,
  DecisionEvaluated: (body, name) => `${name(body.element_id)} decided ${quote(body.output)}`,
  TriggerRejected: (body) => `Nothing changed: ${body.reason}`,
  JobCreated: (body, name) => `${name(body.element_id)} asks a worker for ${body.type}`,
  JobCompleted: () => "The worker's result was taken",
  JobCancelled: () => "The job is not wanted any more",
  JobErrorThrown: (body) => `The worker threw the error ${body.code}`,
  UserTaskCreated: (body, name) => `${name(body.element_id)} waits for ${waitsFor(body)}`,
  UserTaskCompleted: (_body, _name, record) => `The task was completed${record.actor ? ` by ${record.actor}` : ""}`,
  UserTaskCancelled: () => "The task is not wanted any more",
  MessageSubscriptionOpened: (body, name) => `${name(body.element_id)} waits for the message ${body.message_name}${body.correlation_key ? ` for ${body.correlation_key}` : ""}`,
  MessageSubscriptionClosed: () => "Waits for the message no longer",
  SignalSubscriptionOpened: (body, name) => `${name(body.element_id)} waits for the signal ${body.signal_name}`,
  SignalSubscriptionClosed: () => "Waits for the signal no longer",
  TimerArmed: (body, name) => `${name(body.element_id)} is due ${body.due_at ? new Date(body.due_at).toLocaleString() : ""}`,
  TimerDisarmed: () => "The timer was switched off",
  MessageThrown: (body) => `Sent the message ${body.name}`,
  SignalThrown: (body) => `Sent the signal ${body.name}`,
  IncidentRaised: (body, name) => `${name(body.element_id)} is stuck: ${body.message}`,
  IncidentResolved: () => "Trying again",
};

function waitsFor(body) {
  if (body.assignee) return body.assignee;
  const people = [...(body.candidate_groups ?? []), ...(body.candidate_users ?? [])];
  return people.length ? people.join(", ") : "a person";
}

/** Say a record; `name` turns an element id into what people call it. */
export function sentence(record, name = (id) => id) {
  return SENTENCES[record.kind]?.(record.body ?? {}, name, record) ?? record.kind;
}

const BEHIND = {
  CompleteJob: "a worker", FailJob: "a worker", ThrowError: "a worker", Escalate: "a worker", CompleteAdHoc: "a worker",
  FireTimer: "a timer", CorrelateMessage: "a message", BroadcastSignal: "a signal", Continue: "the process",
};

/** Who is behind a record: a person by name, or what moved the process on. */
export const whoDid = ({ actor, trigger }) => (actor && actor !== "system" ? actor : BEHIND[trigger] ?? "Baton");

/** The tone of a record, for its dot. */
export function tone(kind) {
  if (kind === "IncidentRaised" || kind === "JobErrorThrown") return "bad";
  if (/Completed|Resolved/.test(kind)) return "ok";
  if (/Terminated|Cancelled|Rejected/.test(kind)) return "muted";
  if (/Activated|Started|Created/.test(kind)) return "accent";
  return "";
}
