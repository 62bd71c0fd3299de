"""Keep what language models were asked and what it cost."""

import sqlalchemy as sa
from alembic import op

from orchestrator.store.schema.types import Moment, long_bytes, long_text, number, options, word

revision = "0005"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "llm_calls",
        sa.Column("call_key", number(), autoincrement=False, nullable=False),
        sa.Column("instance_key", number(), autoincrement=False, nullable=False),
        sa.Column("root_instance_key", number(), autoincrement=False, nullable=False),
        sa.Column("definition_key", number(), autoincrement=False, nullable=False),
        sa.Column("process_id", word(), nullable=False),
        sa.Column("element_id", word(), nullable=False),
        sa.Column("element_instance_key", number(), autoincrement=False, nullable=False),
        sa.Column("job_key", number(), autoincrement=False, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("provider", word(), nullable=False),
        sa.Column("model", word(), nullable=False),
        sa.Column("status", word(20), nullable=False),
        sa.Column("problem", long_text(), nullable=True),
        sa.Column("tokens_in", sa.BigInteger(), nullable=False),
        sa.Column("tokens_out", sa.BigInteger(), nullable=False),
        sa.Column("tokens_cached", sa.BigInteger(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("currency", word(8), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("milliseconds", sa.BigInteger(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("question", long_bytes(), nullable=False),
        sa.Column("answer", long_bytes(), nullable=True),
        sa.Column("tenant", word(64), nullable=False),
        sa.PrimaryKeyConstraint("call_key", name=op.f("pk_llm_calls")),
        sa.UniqueConstraint("job_key", "attempt", "ordinal", name=op.f("uq_llm_calls_job_key_attempt_ordinal")),
        **options(),
    )
    op.create_index(op.f("ix_llm_calls_instance_key"), "llm_calls", ["instance_key"], unique=False)
    op.create_index(op.f("ix_llm_calls_at"), "llm_calls", ["at"], unique=False)
