"""Begin with the first tables."""

import sqlalchemy as sa
from alembic import op

from orchestrator.store.schema.types import Moment, digest, long_bytes, long_text, number, options, word

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("token_key", number(), autoincrement=False, nullable=False),
        sa.Column("token_digest", digest(), nullable=False),
        sa.Column("prefix", word(20), nullable=False),
        sa.Column("name", long_text(), nullable=False),
        sa.Column("owner", word(), nullable=False),
        sa.Column("roles", long_text(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=True),
        sa.Column("last_used_at", Moment, nullable=True),
        sa.Column("revoked_at", Moment, nullable=True),
        sa.Column("tenant", word(64), nullable=False),
        sa.PrimaryKeyConstraint("token_key", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_api_tokens_token_digest")),
        **options(),
    )
    op.create_index(op.f("ix_api_tokens_owner"), "api_tokens", ["owner"], unique=False)

    op.create_table(
        "audit_heads",
        sa.Column("chain", word(64), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", digest(), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_audit_heads")),
        **options(),
    )
    op.create_table(
        "audit_log",
        sa.Column("audit_key", number(), autoincrement=False, nullable=False),
        sa.Column("chain", word(64), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("actor", word(), nullable=False),
        sa.Column("actor_kind", word(20), nullable=False),
        sa.Column("action", word(60), nullable=False),
        sa.Column("resource_kind", word(40), nullable=False),
        sa.Column("resource", word(), nullable=False),
        sa.Column("details", long_text(), nullable=True),
        sa.Column("previous_hash", digest(), nullable=False),
        sa.Column("hash", digest(), nullable=False),
        sa.Column("tenant", word(64), nullable=False),
        sa.PrimaryKeyConstraint("audit_key", name=op.f("pk_audit_log")),
        **options(),
    )
    op.create_index(op.f("ix_audit_log_at"), "audit_log", ["at"], unique=False)
    op.create_index(op.f("ix_audit_log_chain_sequence"), "audit_log", ["chain", "sequence"], unique=True)
    op.create_index(
        op.f("ix_audit_log_resource_kind_resource"), "audit_log", ["resource_kind", "resource"], unique=False
    )

    op.create_table(
        "blobs",
        sa.Column("digest", digest(), nullable=False),
        sa.Column("encoding", word(20), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", long_bytes(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_blobs")),
        **options(),
    )
    op.create_table(
        "decision_definitions",
        sa.Column("decision_key", number(), autoincrement=False, nullable=False),
        sa.Column("decision_id", word(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("version_tag", word(), nullable=True),
        sa.Column("name", long_text(), nullable=True),
        sa.Column("requirements_key", number(), autoincrement=False, nullable=False),
        sa.Column("requirements_id", word(), nullable=False),
        sa.Column("requirements_name", long_text(), nullable=True),
        sa.Column("requirements_version", sa.Integer(), nullable=False),
        sa.Column("resource_name", long_text(), nullable=False),
        sa.Column("source_digest", digest(), nullable=False),
        sa.Column("deployment_key", number(), autoincrement=False, nullable=False),
        sa.Column("deployed_at", Moment, nullable=False),
        sa.Column("tenant", word(64), nullable=False),
        sa.PrimaryKeyConstraint("decision_key", name=op.f("pk_decision_definitions")),
        sa.UniqueConstraint(
            "tenant", "decision_id", "version", name=op.f("uq_decision_definitions_tenant_decision_id_version")
        ),
        **options(),
    )
    op.create_index(
        op.f("ix_decision_definitions_requirements_key"), "decision_definitions", ["requirements_key"], unique=False
    )

    op.create_table(
        "decision_instances",
        sa.Column("decision_instance_key", number(), autoincrement=False, nullable=False),
        sa.Column("instance_key", number(), autoincrement=False, nullable=False),
        sa.Column("root_instance_key", number(), autoincrement=False, nullable=False),
        sa.Column("definition_key", number(), autoincrement=False, nullable=False),
        sa.Column("element_instance_key", number(), autoincrement=False, nullable=False),
        sa.Column("element_id", word(), nullable=False),
        sa.Column("decision_id", word(), nullable=False),
        sa.Column("decision_key", number(), autoincrement=False, nullable=True),
        sa.Column("output", long_text(), nullable=False),
        sa.Column("audit", long_text(), nullable=True),
        sa.Column("evaluated_at", Moment, nullable=False),
        sa.Column("tenant", word(64), nullable=False),
        sa.PrimaryKeyConstraint("decision_instance_key", name=op.f("pk_decision_instances")),
        **options(),
    )
    op.create_index(op.f("ix_decision_instances_decision_key"), "decision_instances", ["decision_key"], unique=False)
    op.create_index(op.f("ix_decision_instances_instance_key"), "decision_instances", ["instance_key"], unique=False)

    op.create_table(
        "deployments",
        sa.Column("deployment_key", number(), autoincrement=False, nullable=False),
        sa.Column("deployed_by", word(), nullable=False),
        sa.Column("deployed_at", Moment, nullable=False),
        sa.Column("tenant", word(64), nullable=False),
        sa.PrimaryKeyConstraint("deployment_key", name=op.f("pk_deployments")),
        **options(),
    )
    op.create_table(
        "element_instances",
        sa.Column("element_instance_key", number(), autoincrement=False, nullable=False),
        sa.Column("instance_key", number(), autoincrement=False, nullable=False),
        sa.Column("root_instance_key", number(), autoincrement=False, nullable=False),
        sa.Column("definition_key", number(), autoincrement=False, nullable=False),
        sa.Column("element_id", word(), nullable=False),
        sa.Column("element_type", word(40), nullable=False),
        sa.Column("scope_key", number(), autoincrement=False, nullable=False),
        sa.Column("loop_counter", sa.Integer(), nullable=True),
        sa.Column("status", word(20), nullable=False),
        sa.Column("started_at", Moment, nullable=False),
        sa.Column("ended_at", Moment, nullable=True),
        sa.Column("tenant", word(64), nullable=False),
        sa.PrimaryKeyConstraint("element_instance_key", name=op.f("pk_element_instances")),
        **options(85),
    )
    op.create_index(
        op.f("ix_element_instances_definition_key_status_element_id"),
        "element_instances",
        ["definition_key", "status", "element_id"],
        unique=False,
    )
    op.create_index(op.f("ix_element_instances_instance_key"), "element_instances", ["instance_key"], unique=False)

    op.create_table(
        "forms",
        sa.Column("form_key", number(), autoincrement=False, nullable=False),
        sa.Column("form_id", word(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("version_tag", word(), nullable=True),
        sa.Column("resource_name", long_text(), nullable=False),
        sa.Column("source_digest", digest(), nullable=False),
        sa.Column("deployment_key", number(), autoincrement=False, nullable=False),
        sa.Column("deployed_at", Moment, nullable=False),
        sa.Column("tenant", word(64), nullable=False),
        sa.PrimaryKeyConstraint("form_key", name=op.f("pk_forms")),
        sa.UniqueConstraint("tenant", "form_id", "version", name=op.f("uq_forms_tenant_form_id_version")),
        **options(),
    )
    op.create_table(
        "inbox",
        sa.Column("inbox_key", number(), autoincrement=False, nullable=False),
        sa.Column("root_instance_key", number(), autoincrement=False, nullable=True),
        sa.Column("kind", word(40), nullable=False),
        sa.Column("body", long_text(), nullable=False),
        sa.Column("actor", word(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("wake_at", Moment, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tenant", word(64), nullable=False),
        sa.PrimaryKeyConstraint("inbox_key", name=op.f("pk_inbox")),
        **options(),
    )
    op.create_index(op.f("ix_inbox_root_instance_key"), "inbox", ["root_instance_key"], unique=False)
    op.create_index(op.f("ix_inbox_wake_at_inbox_key"), "inbox", ["wake_at", "inbox_key"], unique=False)

    op.create_table(
        "incidents",
        sa.Column("incident_key", number(), autoincrement=False, nullable=False),
        sa.Column("instance_key", number(), autoincrement=False, nullable=False),
        sa.Column("root_instance_key", number(), autoincrement=False, nullable=False),
        sa.Column("definition_key", number(), autoincrement=False, nullable=False),
        sa.Column("process_id", word(), nullable=False),
        sa.Column("element_instance_key", number(), autoincrement=False, nullable=True),
        sa.Column("element_id", word(), nullable=True),
        sa.Column("job_key", number(), autoincrement=False, nullable=True),
        sa.Column("code", word(60), nullable=False),
        sa.Column("message", long_text(), nullable=False),
        sa.Column("status", word(20), nullable=False),
        sa.Column("opened_at", Moment, nullable=False),
        sa.Column("resolved_at", Moment, nullable=True),
        sa.Column("resolved_by", word(), nullable=True),
        sa.Column("tenant", word(64), nullable=False),
        sa.PrimaryKeyConstraint("incident_key", name=op.f("pk_incidents")),
        **options(),
    )
    op.create_index(
        op.f("ix_incidents_definition_key_status_element_id"),
        "incidents",
        ["definition_key", "status", "element_id"],
        unique=False,
    )
    op.create_index(op.f("ix_incidents_instance_key"), "incidents", ["instance_key"], unique=False)
    op.create_index(op.f("ix_incidents_root_instance_key"), "incidents", ["root_instance_key"], unique=False)
    op.create_index(op.f("ix_incidents_status_opened_at"), "incidents", ["status", "opened_at"], unique=False)

    op.create_table(
        "jobs",
        sa.Column("job_key", number(), autoincrement=False, nullable=False),
        sa.Column("type", word(), nullable=False),
        sa.Column("open_type", word(), nullable=True),
        sa.Column("kind", word(40), nullable=False),
        sa.Column("listener_event", word(20), nullable=True),
        sa.Column("instance_key", number(), autoincrement=False, nullable=False),
        sa.Column("root_instance_key", number(), autoincrement=False, nullable=False),
        sa.Column("definition_key", number(), autoincrement=False, nullable=False),
        sa.Column("process_id", word(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("element_instance_key", number(), autoincrement=False, nullable=False),
        sa.Column("element_id", word(), nullable=False),
        sa.Column("headers", long_text(), nullable=True),
        sa.Column("scopes", long_text(), nullable=False),
        sa.Column("status", word(20), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("claimable_at", Moment, nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("retries", sa.Integer(), nullable=False),
        sa.Column("lease_token", word(64), nullable=True),
        sa.Column("worker", word(), nullable=True),
        sa.Column("error_code", word(), nullable=True),
        sa.Column("error_message", long_text(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("ended_at", Moment, nullable=True),
        sa.Column("tenant", word(64), nullable=False),
        sa.PrimaryKeyConstraint("job_key", name=op.f("pk_jobs")),
        **options(70),
    )
    op.create_index(op.f("ix_jobs_element_instance_key"), "jobs", ["element_instance_key"], unique=False)
    op.create_index(
        op.f("ix_jobs_open_type_rank_claimable_at"), "jobs", ["open_type", "rank", "claimable_at"], unique=False
    )
    op.create_index(op.f("ix_jobs_root_instance_key"), "jobs", ["root_instance_key"], unique=False)

    op.create_table(
        "journal",
        sa.Column("root_instance_key", number(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("actor", word(), nullable=False),
        sa.Column("trigger", word(40), nullable=False),
        sa.Column("body", long_bytes(), nullable=False),
        sa.PrimaryKeyConstraint("root_instance_key", "sequence", name=op.f("pk_journal")),
        **options(),
    )
    op.create_table(
        "key_blocks",
        sa.Column("name", word(40), nullable=False),
        sa.Column("next_key", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_key_blocks")),
        **options(),
    )
    op.create_table(
        "lock_slots",
        sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("slot", name=op.f("pk_lock_slots")),
        **options(),
    )
    op.create_table(
        "memberships",
        sa.Column("group_id", word(), nullable=False),
        sa.Column("user_id", word(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "user_id", name=op.f("pk_memberships")),
        **options(),
    )
    op.create_index(op.f("ix_memberships_user_id"), "memberships", ["user_id"], unique=False)

    op.create_table(
        "message_correlations",
        sa.Column("message_key", number(), autoincrement=False, nullable=False),
        sa.Column("process_id", word(), nullable=False),
        sa.Column("instance_key", number(), autoincrement=False, nullable=False),
        sa.Column("correlated_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("message_key", "process_id", name=op.f("pk_message_correlations")),
        **options(),
    )
    op.create_table(
        "message_subscriptions",
        sa.Column("subscription_key", number(), autoincrement=False, nullable=False),
        sa.Column("correlation_digest", digest(), nullable=False),
        sa.Column("message_name", long_text(), nullable=False),
        sa.Column("correlation_key", long_text(), nullable=False),
        sa.Column("instance_key", number(), autoincrement=False, nullable=True),
        sa.Column("root_instance_key", number(), autoincrement=False, nullable=True),
        sa.Column("definition_key", number(), autoincrement=False, nullable=False),
        sa.Column("process_id", word(), nullable=False),
        sa.Column("element_instance_key", number(), autoincrement=False, nullable=True),
        sa.Column("element_id", word(), nullable=False),
        sa.Column("interrupting", sa.Boolean(), nullable=False),
        sa.Column("taken_by", number(), autoincrement=False, nullable=True),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("tenant", word(64), nullable=False),
        sa.PrimaryKeyConstraint("subscription_key", name=op.f("pk_message_subscriptions")),
        **options(),
    )
    op.create_index(
        op.f("ix_message_subscriptions_correlation_digest_subscription_key"),
        "message_subscriptions",
        ["correlation_digest", "subscription_key"],
        unique=False,
    )
    op.create_index(
        op.f("ix_message_subscriptions_definition_key"), "message_subscriptions", ["definition_key"], unique=False
    )
    op.create_index(
        op.f("ix_message_subscriptions_root_instance_key"), "message_subscriptions", ["root_instance_key"], unique=False
    )

    op.create_table(
        "messages",
        sa.Column("message_key", number(), autoincrement=False, nullable=False),
        sa.Column("correlation_digest", digest(), nullable=False),
        sa.Column("name_digest", digest(), nullable=False),
        sa.Column("name", long_text(), nullable=False),
        sa.Column("correlation_key", long_text(), nullable=False),
        sa.Column("message_id", long_text(), nullable=True),
        sa.Column("id_digest", digest(), nullable=True),
        sa.Column("variables", long_text(), nullable=False),
        sa.Column("published_at", Moment, nullable=False),
        sa.Column("published_by", word(), nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("forget_at", Moment, nullable=False),
        sa.Column("tenant", word(64), nullable=False),
        sa.PrimaryKeyConstraint("message_key", name=op.f("pk_messages")),
        sa.UniqueConstraint("id_digest", name=op.f("uq_messages_id_digest")),
        **options(),
    )
    op.create_index(
        op.f("ix_messages_correlation_digest_message_key"),
        "messages",
        ["correlation_digest", "message_key"],
        unique=False,
    )
    op.create_index(op.f("ix_messages_forget_at"), "messages", ["forget_at"], unique=False)
    op.create_index(
        op.f("ix_messages_name_digest_message_key"), "messages", ["name_digest", "message_key"], unique=False
    )

    op.create_table(
        "model_versions",
        sa.Column("model_key", number(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("source_digest", digest(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("note", long_text(), nullable=False),
        sa.Column("saved_at", Moment, nullable=False),
        sa.Column("saved_by", word(), nullable=False),
        sa.PrimaryKeyConstraint("model_key", "revision", name=op.f("pk_model_versions")),
        **options(),
    )
    op.create_table(
        "models",
        sa.Column("model_key", number(), autoincrement=False, nullable=False),
        sa.Column("name", long_text(), nullable=False),
        sa.Column("kind", word(20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("created_by", word(), nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.Column("changed_by", word(), nullable=False),
        sa.Column("tenant", word(64), nullable=False),
        sa.PrimaryKeyConstraint("model_key", name=op.f("pk_models")),
        **options(),
    )
    op.create_table(
        "process_definitions",
        sa.Column("definition_key", number(), autoincrement=False, nullable=False),
        sa.Column("process_id", word(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("version_tag", word(), nullable=True),
        sa.Column("name", long_text(), nullable=True),
        sa.Column("resource_name", long_text(), nullable=False),
        sa.Column("source_digest", digest(), nullable=False),
        sa.Column("elements", long_text(), nullable=False),
        sa.Column("start_form_id", word(), nullable=True),
        sa.Column("deployed", sa.Boolean(), nullable=False),
        sa.Column("deployment_key", number(), autoincrement=False, nullable=False),
        sa.Column("deployed_at", Moment, nullable=False),
        sa.Column("tenant", word(64), nullable=False),
        sa.PrimaryKeyConstraint("definition_key", name=op.f("pk_process_definitions")),
        sa.UniqueConstraint(
            "tenant", "process_id", "version", name=op.f("uq_process_definitions_tenant_process_id_version")
        ),
        **options(),
    )
    op.create_table(
        "process_instances",
        sa.Column("instance_key", number(), autoincrement=False, nullable=False),
        sa.Column("root_instance_key", number(), autoincrement=False, nullable=False),
        sa.Column("parent_instance_key", number(), autoincrement=False, nullable=True),
        sa.Column("parent_element_instance_key", number(), autoincrement=False, nullable=True),
        sa.Column("definition_key", number(), autoincrement=False, nullable=False),
        sa.Column("process_id", word(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("business_id", word(), nullable=True),
        sa.Column("tags", long_text(), nullable=True),
        sa.Column("status", word(20), nullable=False),
        sa.Column("started_at", Moment, nullable=False),
        sa.Column("started_by", word(), nullable=False),
        sa.Column("ended_at", Moment, nullable=True),
        sa.Column("incident_count", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("start_lock", digest(), nullable=True),
        sa.Column("snapshot", long_bytes(), nullable=True),
        sa.Column("tenant", word(64), nullable=False),
        sa.PrimaryKeyConstraint("instance_key", name=op.f("pk_process_instances")),
        **options(70),
    )
    op.create_index(op.f("ix_process_instances_business_id"), "process_instances", ["business_id"], unique=False)
    op.create_index(
        op.f("ix_process_instances_definition_key_status"),
        "process_instances",
        ["definition_key", "status"],
        unique=False,
    )
    op.create_index(
        op.f("ix_process_instances_root_instance_key"), "process_instances", ["root_instance_key"], unique=False
    )
    op.create_index(
        op.f("ix_process_instances_status_started_at"), "process_instances", ["status", "started_at"], unique=False
    )

    op.create_table(
        "sessions",
        sa.Column("session_digest", digest(), nullable=False),
        sa.Column("user_id", word(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("session_digest", name=op.f("pk_sessions")),
        **options(),
    )
    op.create_index(op.f("ix_sessions_expires_at"), "sessions", ["expires_at"], unique=False)
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False)

    op.create_table(
        "signal_subscriptions",
        sa.Column("subscription_key", number(), autoincrement=False, nullable=False),
        sa.Column("name_digest", digest(), nullable=False),
        sa.Column("signal_name", long_text(), nullable=False),
        sa.Column("instance_key", number(), autoincrement=False, nullable=True),
        sa.Column("root_instance_key", number(), autoincrement=False, nullable=True),
        sa.Column("definition_key", number(), autoincrement=False, nullable=False),
        sa.Column("process_id", word(), nullable=False),
        sa.Column("element_instance_key", number(), autoincrement=False, nullable=True),
        sa.Column("element_id", word(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("tenant", word(64), nullable=False),
        sa.PrimaryKeyConstraint("subscription_key", name=op.f("pk_signal_subscriptions")),
        **options(),
    )
    op.create_index(
        op.f("ix_signal_subscriptions_definition_key"), "signal_subscriptions", ["definition_key"], unique=False
    )
    op.create_index(op.f("ix_signal_subscriptions_name_digest"), "signal_subscriptions", ["name_digest"], unique=False)
    op.create_index(
        op.f("ix_signal_subscriptions_root_instance_key"), "signal_subscriptions", ["root_instance_key"], unique=False
    )

    op.create_table(
        "start_locks",
        sa.Column("lock_digest", digest(), nullable=False),
        sa.Column("instance_key", number(), autoincrement=False, nullable=False),
        sa.Column("process_id", word(), nullable=False),
        sa.Column("correlation_key", long_text(), nullable=False),
        sa.Column("tenant", word(64), nullable=False),
        sa.PrimaryKeyConstraint("lock_digest", name=op.f("pk_start_locks")),
        **options(),
    )
    op.create_table(
        "timers",
        sa.Column("timer_key", number(), autoincrement=False, nullable=False),
        sa.Column("instance_key", number(), autoincrement=False, nullable=True),
        sa.Column("root_instance_key", number(), autoincrement=False, nullable=True),
        sa.Column("definition_key", number(), autoincrement=False, nullable=False),
        sa.Column("process_id", word(), nullable=False),
        sa.Column("element_instance_key", number(), autoincrement=False, nullable=True),
        sa.Column("element_id", word(), nullable=False),
        sa.Column("due_at", Moment, nullable=False),
        sa.Column("wake_at", Moment, nullable=True),
        sa.Column("fire_number", sa.Integer(), nullable=False),
        sa.Column("repetitions_left", sa.Integer(), nullable=True),
        sa.Column("source", long_text(), nullable=True),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("tenant", word(64), nullable=False),
        sa.PrimaryKeyConstraint("timer_key", name=op.f("pk_timers")),
        **options(),
    )
    op.create_index(op.f("ix_timers_definition_key"), "timers", ["definition_key"], unique=False)
    op.create_index(op.f("ix_timers_root_instance_key"), "timers", ["root_instance_key"], unique=False)
    op.create_index(op.f("ix_timers_wake_at"), "timers", ["wake_at"], unique=False)

    op.create_table(
        "user_task_candidates",
        sa.Column("kind", word(10), nullable=False),
        sa.Column("name", word(), nullable=False),
        sa.Column("user_task_key", number(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", "user_task_key", name=op.f("pk_user_task_candidates")),
        **options(),
    )
    op.create_index(
        op.f("ix_user_task_candidates_user_task_key"), "user_task_candidates", ["user_task_key"], unique=False
    )

    op.create_table(
        "user_tasks",
        sa.Column("user_task_key", number(), autoincrement=False, nullable=False),
        sa.Column("name", long_text(), nullable=True),
        sa.Column("instance_key", number(), autoincrement=False, nullable=False),
        sa.Column("root_instance_key", number(), autoincrement=False, nullable=False),
        sa.Column("definition_key", number(), autoincrement=False, nullable=False),
        sa.Column("process_id", word(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("element_instance_key", number(), autoincrement=False, nullable=False),
        sa.Column("element_id", word(), nullable=False),
        sa.Column("scopes", long_text(), nullable=False),
        sa.Column("status", word(20), nullable=False),
        sa.Column("assignee", word(), nullable=True),
        sa.Column("candidate_users", long_text(), nullable=True),
        sa.Column("candidate_groups", long_text(), nullable=True),
        sa.Column("due_at", Moment, nullable=True),
        sa.Column("follow_up_at", Moment, nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("form_id", word(), nullable=True),
        sa.Column("form_key", number(), autoincrement=False, nullable=True),
        sa.Column("form_binding", word(20), nullable=False),
        sa.Column("form_version_tag", word(), nullable=True),
        sa.Column("external_form_reference", long_text(), nullable=True),
        sa.Column("headers", long_text(), nullable=True),
        sa.Column("draft", long_text(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("ended_at", Moment, nullable=True),
        sa.Column("completed_by", word(), nullable=True),
        sa.Column("tenant", word(64), nullable=False),
        sa.PrimaryKeyConstraint("user_task_key", name=op.f("pk_user_tasks")),
        **options(),
    )
    op.create_index(op.f("ix_user_tasks_root_instance_key"), "user_tasks", ["root_instance_key"], unique=False)
    op.create_index(op.f("ix_user_tasks_status_assignee"), "user_tasks", ["status", "assignee"], unique=False)
    op.create_index(op.f("ix_user_tasks_status_created_at"), "user_tasks", ["status", "created_at"], unique=False)

    op.create_table(
        "users",
        sa.Column("user_id", word(), nullable=False),
        sa.Column("name", long_text(), nullable=False),
        sa.Column("email", long_text(), nullable=True),
        sa.Column("password_hash", word(), nullable=False),
        sa.Column("roles", long_text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("tenant", word(64), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_users")),
        **options(),
    )
    op.create_table(
        "variables",
        sa.Column("variable_key", number(), autoincrement=False, nullable=False),
        sa.Column("scope_key", number(), autoincrement=False, nullable=False),
        sa.Column("name", word(), nullable=False),
        sa.Column("instance_key", number(), autoincrement=False, nullable=False),
        sa.Column("value", long_text(), nullable=False),
        sa.Column("value_hash", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.Column("tenant", word(64), nullable=False),
        sa.PrimaryKeyConstraint("scope_key", "name", name=op.f("pk_variables")),
        sa.UniqueConstraint("variable_key", name=op.f("uq_variables_variable_key")),
        **options(85),
    )
    op.create_index(op.f("ix_variables_instance_key"), "variables", ["instance_key"], unique=False)
    op.create_index(op.f("ix_variables_name_value_hash"), "variables", ["name", "value_hash"], unique=False)
