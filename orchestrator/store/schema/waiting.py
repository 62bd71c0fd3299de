"""What instances wait for: work, people, time, messages; and what waits for instances."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, PrimaryKeyConstraint, UniqueConstraint, text

from orchestrator.store.schema.types import Moment, digest, key, long_text, primary, table, word

_OPEN = text("open_type IS NOT NULL")  # jobs that are over leave the index instead of moving in it

jobs = table(
    "jobs",
    primary("job_key"),
    Column("type", word(), nullable=False),
    Column("open_type", word()),  # the type while somebody may claim it, then null
    Column("kind", word(40), nullable=False),
    Column("listener_event", word(20)),
    key("instance_key"),
    key("root_instance_key"),
    key("definition_key"),
    Column("process_id", word(), nullable=False),
    Column("version", Integer, nullable=False),
    key("element_instance_key"),
    Column("element_id", word(), nullable=False),
    Column("headers", long_text()),
    Column("scopes", long_text(), nullable=False),
    Column("status", word(20), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("rank", Integer, nullable=False),  # the priority below zero, so that one index gives the order
    Column("claimable_at", Moment),  # now: available; later: leased until then, or backing off
    Column("attempt", Integer, nullable=False),
    Column("retries", Integer, nullable=False),
    Column("lease_token", word(64)),
    Column("worker", word()),
    Column("error_code", word()),
    Column("error_message", long_text()),
    Column("generation", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("tenant", word(64), nullable=False),
    Index(None, "open_type", "rank", "claimable_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index(None, "root_instance_key"),
    fill=70,
)

timers = table(
    "timers",
    primary("timer_key"),
    key("instance_key", null=True),  # null: of a start event
    key("root_instance_key", null=True),
    key("definition_key"),
    Column("process_id", word(), nullable=False),
    key("element_instance_key", null=True),
    Column("element_id", word(), nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("wake_at", Moment),  # when to look: due_at, later after a failure, null while the instance is held
    Column("fire_number", Integer, nullable=False),
    Column("repetitions_left", Integer),
    Column("source", long_text()),
    Column("created_at", Moment, nullable=False),
    Column("tenant", word(64), nullable=False),
    Index(None, "wake_at"),
    Index(None, "root_instance_key"),
    Index(None, "definition_key"),
)

message_subscriptions = table(
    "message_subscriptions",
    primary("subscription_key"),
    Column("correlation_digest", digest(), nullable=False),  # tenant, name, key; for start events: tenant, name
    Column("message_name", long_text(), nullable=False),
    Column("correlation_key", long_text(), nullable=False),
    key("instance_key", null=True),  # null: a start event
    key("root_instance_key", null=True),
    key("definition_key"),
    Column("process_id", word(), nullable=False),
    key("element_instance_key", null=True),
    Column("element_id", word(), nullable=False),
    Column("interrupting", Boolean, nullable=False),
    key("taken_by", null=True),  # the message on its way to it, which shuts out others
    Column("event_index", Integer),  # of a start event that waits for several: which of them this is
    Column("all_of", Integer),  # and how many there are
    Column("created_at", Moment, nullable=False),
    Column("tenant", word(64), nullable=False),
    Index(None, "correlation_digest", "subscription_key"),
    Index(None, "root_instance_key"),
    Index(None, "definition_key"),
)

signal_subscriptions = table(
    "signal_subscriptions",
    primary("subscription_key"),
    Column("name_digest", digest(), nullable=False),
    Column("signal_name", long_text(), nullable=False),
    key("instance_key", null=True),
    key("root_instance_key", null=True),
    key("definition_key"),
    Column("process_id", word(), nullable=False),
    key("element_instance_key", null=True),
    Column("element_id", word(), nullable=False),
    Column("event_index", Integer),
    Column("all_of", Integer),
    Column("created_at", Moment, nullable=False),
    Column("tenant", word(64), nullable=False),
    Index(None, "name_digest"),
    Index(None, "root_instance_key"),
    Index(None, "definition_key"),
)

condition_subscriptions = table(
    "condition_subscriptions",
    primary("subscription_key"),
    key("definition_key"),
    Column("process_id", word(), nullable=False),
    Column("element_id", word(), nullable=False),
    Column("event_index", Integer, nullable=False),
    Column("all_of", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("tenant", word(64), nullable=False),
    Index(None, "tenant", "process_id"),
    Index(None, "definition_key"),
)

start_arrivals = table(
    "start_arrivals",
    primary("arrival_key"),
    Column("gathering_digest", digest(), nullable=False),  # tenant, process, start event, correlation key
    Column("event_index", Integer, nullable=False),
    Column("process_id", word(), nullable=False),
    Column("element_id", word(), nullable=False),
    Column("variables", long_text(), nullable=False),
    Column("arrived_at", Moment, nullable=False),
    Column("tenant", word(64), nullable=False),
    Index(None, "gathering_digest", "event_index"),
    Index(None, "tenant", "process_id"),
)

messages = table(
    "messages",
    primary("message_key"),
    Column("correlation_digest", digest(), nullable=False),
    Column("name_digest", digest(), nullable=False),  # to find it for start events
    Column("name", long_text(), nullable=False),
    Column("correlation_key", long_text(), nullable=False),
    Column("message_id", long_text()),
    Column("id_digest", digest()),  # tenant, name, correlation key, message id; null without an id
    Column("variables", long_text(), nullable=False),
    Column("published_at", Moment, nullable=False),
    Column("published_by", word(), nullable=False),
    Column("expires_at", Moment, nullable=False),  # nobody takes it after that
    Column("forget_at", Moment, nullable=False),  # until then its id is known
    Column("tenant", word(64), nullable=False),
    UniqueConstraint("id_digest"),
    Index(None, "correlation_digest", "message_key"),
    Index(None, "name_digest", "message_key"),
    Index(None, "forget_at"),
)

message_correlations = table(
    "message_correlations",
    key("message_key"),
    Column("process_id", word(), nullable=False),
    key("instance_key"),
    Column("correlated_at", Moment, nullable=False),
    PrimaryKeyConstraint("message_key", "process_id"),
)

start_locks = table(
    "start_locks",
    Column("lock_digest", digest(), primary_key=True),  # tenant, process id, correlation key
    key("instance_key"),
    Column("process_id", word(), nullable=False),
    Column("correlation_key", long_text(), nullable=False),
    Column("tenant", word(64), nullable=False),
)

lock_slots = table("lock_slots", Column("slot", Integer, primary_key=True, autoincrement=False))

inbox = table(
    "inbox",
    primary("inbox_key"),
    key("root_instance_key", null=True),  # null: not for an instance, but for a service
    Column("kind", word(40), nullable=False),
    Column("body", long_text(), nullable=False),
    Column("actor", word(), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("wake_at", Moment),
    Column("attempts", Integer, nullable=False),
    Column("tenant", word(64), nullable=False),
    Index(None, "wake_at", "inbox_key"),
    Index(None, "root_instance_key"),
)

user_tasks = table(
    "user_tasks",
    primary("user_task_key"),
    Column("name", long_text()),
    key("instance_key"),
    key("root_instance_key"),
    key("definition_key"),
    Column("process_id", word(), nullable=False),
    Column("version", Integer, nullable=False),
    key("element_instance_key"),
    Column("element_id", word(), nullable=False),
    Column("scopes", long_text(), nullable=False),
    Column("status", word(20), nullable=False),
    Column("assignee", word()),
    Column("candidate_users", long_text()),
    Column("candidate_groups", long_text()),
    Column("due_at", Moment),
    Column("follow_up_at", Moment),
    Column("priority", Integer, nullable=False),
    Column("form_id", word()),
    key("form_key", null=True),
    Column("form_binding", word(20), nullable=False),
    Column("form_version_tag", word()),
    Column("external_form_reference", long_text()),
    Column("headers", long_text()),
    Column("draft", long_text()),
    Column("revision", BigInteger, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("completed_by", word()),
    Column("tenant", word(64), nullable=False),
    Index(None, "status", "assignee"),
    Index(None, "status", "created_at"),
    Index(None, "root_instance_key"),
)

user_task_candidates = table(
    "user_task_candidates",
    Column("kind", word(10), nullable=False),  # user, group
    Column("name", word(), nullable=False),
    key("user_task_key"),
    PrimaryKeyConstraint("kind", "name", "user_task_key"),
    Index(None, "user_task_key"),
)
