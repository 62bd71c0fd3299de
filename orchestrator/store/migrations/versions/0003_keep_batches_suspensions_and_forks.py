"""Keep batches, suspensions, and where a forked instance comes from."""

import sqlalchemy as sa
from alembic import op

from orchestrator.store.schema.types import Moment, long_text, number, options, word

revision = "0003"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("process_instances", sa.Column("suspended_at", Moment, nullable=True))
    op.add_column("process_definitions", sa.Column("suspended_at", Moment, nullable=True))
    op.create_table(
        "forks",
        sa.Column("instance_key", number(), autoincrement=False, nullable=False),
        sa.Column("source_instance_key", number(), autoincrement=False, nullable=False),
        sa.Column("source_sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("instance_key", name=op.f("pk_forks")),
        **options(),
    )
    op.create_index(op.f("ix_forks_source_instance_key"), "forks", ["source_instance_key"], unique=False)
    _batches()


def _batches() -> None:
    op.create_table(
        "batches",
        sa.Column("batch_key", number(), autoincrement=False, nullable=False),
        sa.Column("kind", word(40), nullable=False),
        sa.Column("status", word(20), nullable=False),
        sa.Column("command", long_text(), nullable=False),
        sa.Column("reason", long_text(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("actor", word(), nullable=False),
        sa.Column("actor_kind", word(20), nullable=False),
        sa.Column("actor_roles", long_text(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("ended_at", Moment, nullable=True),
        sa.Column("tenant", word(64), nullable=False),
        sa.PrimaryKeyConstraint("batch_key", name=op.f("pk_batches")),
        **options(),
    )
    op.create_index(op.f("ix_batches_status_batch_key"), "batches", ["status", "batch_key"], unique=False)
    op.create_table(
        "batch_entries",
        sa.Column("batch_key", number(), autoincrement=False, nullable=False),
        sa.Column("item_key", number(), autoincrement=False, nullable=False),
        sa.Column("instance_key", number(), autoincrement=False, nullable=False),
        sa.Column("status", word(20), nullable=False),
        sa.Column("error", long_text(), nullable=True),
        sa.Column("processed_at", Moment, nullable=True),
        sa.PrimaryKeyConstraint("batch_key", "item_key", name=op.f("pk_batch_entries")),
        **options(),
    )
    op.create_index(op.f("ix_batch_entries_batch_key_status"), "batch_entries", ["batch_key", "status"], unique=False)
    op.create_index(op.f("ix_batch_entries_instance_key"), "batch_entries", ["instance_key"], unique=False)
