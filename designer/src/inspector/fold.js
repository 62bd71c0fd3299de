/* The records of a journal, folded into what an instance was at a moment. Live view and time travel use this alone. */

/** What there is before the first record. */
export function begin(key) {
  return {
    key: String(key),
    sequence: 0,
    at: null,
    status: "ACTIVE",
    startedAt: null,
    endedAt: null,
    definitionKey: null,
    elements: new Map(), // element id → counts, type, its runs in order
    runs: new Map(), // element instance key → one activation of an element
    flows: new Map(), // flow id → how often it was taken
    scopes: new Map(), // scope key → name → variable
    incidents: new Map(),
    jobs: new Map(),
    tasks: new Map(),
    timers: new Map(),
    subscriptions: new Map(),
  };
}

/** Apply one record. The state is changed in place; `checkpoint` makes copies where they are wanted. */
export function apply(state, record) {
  const body = record.body ?? {};
  state.sequence = record.sequence;
  state.at = record.at;
  if (body.instance_key !== undefined && String(body.instance_key) !== state.key) return state; // of a called process
  STEPS[record.kind]?.(state, body, record);
  return state;
}

/** Copy a state, so that it can be folded on from here later. */
export const checkpoint = (state) => structuredClone(state);

const STEPS = {
  InstanceStarted(state, body, record) {
    state.startedAt = record.at;
    state.definitionKey = body.definition_key;
  },
  InstanceSuspended: (state) => { state.status = "SUSPENDED"; },
  InstanceResumed: (state) => { state.status = "ACTIVE"; },
  InstanceCompleted: (state, _body, record) => end(state, "COMPLETED", record),
  InstanceCancelled: (state, _body, record) => end(state, "CANCELLED", record),

  ElementActivated(state, body, record) {
    const run = {
      key: body.element_instance_key, elementId: body.element_id, type: body.element_type, scope: body.scope_key,
      loop: body.loop_counter ?? null, startedAt: record.at, endedAt: null, status: "ACTIVE", sequence: record.sequence,
    };
    state.runs.set(run.key, run);
    const element = elementOf(state, body.element_id, record.sequence);
    element.type = body.element_type;
    element.active += 1;
    element.runs.push(run.key);
  },
  ElementCompleted: (state, body, record) => leave(state, body, record, "COMPLETED"),
  ElementTerminated: (state, body, record) => leave(state, body, record, "TERMINATED"),
  ElementMoved(state, body, record) {
    const run = state.runs.get(body.element_instance_key);
    if (!run) return;
    const before = elementOf(state, run.elementId, record.sequence);
    before.active -= 1;
    before.runs = before.runs.filter((key) => key !== run.key);
    const after = elementOf(state, body.element_id, record.sequence);
    after.type = run.type;
    after.active += 1;
    after.runs.push(run.key);
    run.elementId = body.element_id;
  },
  ModelReplaced(state, body) {
    state.definitionKey = body.definition_key;
  },

  FlowTaken(state, body) {
    state.flows.set(body.flow_id, (state.flows.get(body.flow_id) ?? 0) + 1);
  },
  VariableSet(state, body, record) {
    if (!state.scopes.has(body.scope_key)) state.scopes.set(body.scope_key, new Map());
    const scope = state.scopes.get(body.scope_key);
    const before = scope.get(body.name);
    scope.set(body.name, {
      value: body.value, at: record.at, sequence: record.sequence, actor: record.actor ?? null,
      trigger: record.trigger ?? null, changes: (before?.changes ?? 0) + 1,
    });
  },

  IncidentRaised(state, body, record) {
    state.incidents.set(body.incident_key, {
      key: body.incident_key, elementId: body.element_id, run: body.element_instance_key, code: body.code,
      message: body.message, jobKey: body.job_key ?? null, at: record.at, resolvedAt: null, resolvedBy: null,
    });
    elementOf(state, body.element_id, record.sequence).incidents += 1;
  },
  IncidentResolved(state, body, record) {
    const incident = state.incidents.get(body.incident_key);
    if (!incident || incident.resolvedAt) return;
    incident.resolvedAt = record.at;
    incident.resolvedBy = record.actor ?? null;
    elementOf(state, incident.elementId, record.sequence).incidents -= 1;
  },

  JobCreated: (state, body, record) => open(state.jobs, body.job_key, body, record),
  JobCompleted: (state, body, record) => close(state.jobs, body.job_key, record, "COMPLETED"),
  JobCancelled: (state, body, record) => close(state.jobs, body.job_key, record, "CANCELLED"),
  JobErrorThrown: (state, body, record) => close(state.jobs, body.job_key, record, "ERROR_THROWN"),
  UserTaskCreated: (state, body, record) => open(state.tasks, body.user_task_key, body, record),
  UserTaskCompleted: (state, body, record) => close(state.tasks, body.user_task_key, record, "COMPLETED"),
  UserTaskCancelled: (state, body, record) => close(state.tasks, body.user_task_key, record, "CANCELLED"),
  TimerArmed: (state, body, record) => open(state.timers, body.timer_key, body, record),
  TimerDisarmed: (state, body) => state.timers.delete(body.timer_key),
  MessageSubscriptionOpened: (state, body, record) => open(state.subscriptions, body.subscription_key, body, record),
  MessageSubscriptionClosed: (state, body) => state.subscriptions.delete(body.subscription_key),
  SignalSubscriptionOpened: (state, body, record) => open(state.subscriptions, body.subscription_key, body, record),
  SignalSubscriptionClosed: (state, body) => state.subscriptions.delete(body.subscription_key),
};

function elementOf(state, id, sequence) {
  if (!state.elements.has(id)) {
    state.elements.set(id, { id, type: "", active: 0, completed: 0, terminated: 0, incidents: 0, runs: [], first: sequence });
  }
  return state.elements.get(id);
}

function leave(state, body, record, status) {
  const run = state.runs.get(body.element_instance_key);
  if (!run || run.status !== "ACTIVE") return;
  run.status = status;
  run.endedAt = record.at;
  const element = elementOf(state, run.elementId, record.sequence);
  element.active -= 1;
  element[status === "COMPLETED" ? "completed" : "terminated"] += 1;
}

function end(state, status, record) {
  state.status = status;
  state.endedAt = record.at;
}

function open(place, key, body, record) {
  place.set(key, { ...body, key, elementId: body.element_id, run: body.element_instance_key, at: record.at, endedAt: null, status: "OPEN" });
}

function close(place, key, record, status) {
  const item = place.get(key);
  if (!item) return;
  item.status = status;
  item.endedAt = record.at;
  item.by = record.actor ?? null;
}

/** Element instances that only hold others of the same element together. */
const HOLDERS = new Set(["MULTI_INSTANCE_BODY", "AD_HOC_SUB_PROCESS_INNER_INSTANCE"]);

/** The runs of an element as a person counts them. */
export function runsOf(state, element) {
  const all = element.runs.map((key) => state.runs.get(key)).filter(Boolean);
  const own = all.filter((run) => !HOLDERS.has(run.type));
  return own.length ? own : all;
}

/** Incidents that nobody has resolved. */
export const openIncidents = (state) => [...state.incidents.values()].filter((incident) => !incident.resolvedAt);

/** What a run waits for at this moment. */
export function waitsFor(state, runKey) {
  const mine = (place) => [...place.values()].filter((item) => item.run === runKey && !item.endedAt);
  return { jobs: mine(state.jobs), tasks: mine(state.tasks), timers: mine(state.timers), subscriptions: mine(state.subscriptions) };
}

/** The variables a scope sees: its own over those of the scopes around it. */
export function visible(state, scopeKey) {
  const around = [];
  for (let key = scopeKey, depth = 0; key && depth < 100; depth += 1) {
    around.unshift(key);
    key = key === state.key ? null : state.runs.get(key)?.scope ?? state.key;
  }
  const found = {};
  for (const key of around) for (const [name, variable] of state.scopes.get(key) ?? []) found[name] = variable.value;
  return found;
}
