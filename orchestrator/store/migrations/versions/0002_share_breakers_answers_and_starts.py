"""Share breakers and answers between processes, and gather what starts an instance together."""

import sqlalchemy as sa
from alembic import op

from orchestrator.store.schema.types import Moment, digest, long_text, number, options, word

revision = "0002"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "breakers",
        sa.Column("endpoint", word(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("openings", sa.Integer(), nullable=False),
        sa.Column("open_until", Moment, nullable=True),
        sa.Column("probing_until", Moment, nullable=True),
        sa.Column("changed_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("endpoint", name=op.f("pk_breakers")),
        **options(),
    )
    op.create_table(
        "answered_requests",
        sa.Column("request_digest", digest(), nullable=False),
        sa.Column("content_digest", digest(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("media_type", word(80), nullable=True),
        sa.Column("body", long_text(), nullable=True),
        sa.Column("expires_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("request_digest", name=op.f("pk_answered_requests")),
        **options(),
    )
    op.create_index(op.f("ix_answered_requests_expires_at"), "answered_requests", ["expires_at"], unique=False)
    op.create_table(
        "condition_subscriptions",
        sa.Column("subscription_key", number(), autoincrement=False, nullable=False),
        sa.Column("definition_key", number(), autoincrement=False, nullable=False),
        sa.Column("process_id", word(), nullable=False),
        sa.Column("element_id", word(), nullable=False),
        sa.Column("event_index", sa.Integer(), nullable=False),
        sa.Column("all_of", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("tenant", word(64), nullable=False),
        sa.PrimaryKeyConstraint("subscription_key", name=op.f("pk_condition_subscriptions")),
        **options(),
    )
    table = "condition_subscriptions"
    op.create_index(op.f(f"ix_{table}_tenant_process_id"), table, ["tenant", "process_id"], unique=False)
    op.create_index(op.f(f"ix_{table}_definition_key"), table, ["definition_key"], unique=False)
    op.create_table(
        "start_arrivals",
        sa.Column("arrival_key", number(), autoincrement=False, nullable=False),
        sa.Column("gathering_digest", digest(), nullable=False),
        sa.Column("event_index", sa.Integer(), nullable=False),
        sa.Column("process_id", word(), nullable=False),
        sa.Column("element_id", word(), nullable=False),
        sa.Column("variables", long_text(), nullable=False),
        sa.Column("arrived_at", Moment, nullable=False),
        sa.Column("tenant", word(64), nullable=False),
        sa.PrimaryKeyConstraint("arrival_key", name=op.f("pk_start_arrivals")),
        **options(),
    )
    table = "start_arrivals"
    op.create_index(op.f(f"ix_{table}_gathering_digest_event_index"), table, ["gathering_digest", "event_index"])
    op.create_index(op.f(f"ix_{table}_tenant_process_id"), table, ["tenant", "process_id"], unique=False)
    for table in ("message_subscriptions", "signal_subscriptions"):
        op.add_column(table, sa.Column("event_index", sa.Integer(), nullable=True))
        op.add_column(table, sa.Column("all_of", sa.Integer(), nullable=True))
