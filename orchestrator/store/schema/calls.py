"""What the outside was asked, and what it cost."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, UniqueConstraint

from orchestrator.store.schema.types import Moment, key, long_bytes, long_text, primary, table, word

llm_calls = table(
    "llm_calls",
    primary("call_key"),
    key("instance_key"),
    key("root_instance_key"),
    key("definition_key"),
    Column("process_id", word(), nullable=False),
    Column("element_id", word(), nullable=False),
    key("element_instance_key"),
    key("job_key"),
    Column("attempt", Integer, nullable=False),
    Column("ordinal", Integer, nullable=False),  # within the attempt: fallbacks come after whom they stand in for
    Column("provider", word(), nullable=False),
    Column("model", word(), nullable=False),
    Column("status", word(20), nullable=False),
    Column("problem", long_text()),
    Column("tokens_in", BigInteger, nullable=False),
    Column("tokens_out", BigInteger, nullable=False),
    Column("tokens_cached", BigInteger, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("cost", BigInteger),  # billionths of the currency; null where no price is known
    Column("currency", word(8), nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("milliseconds", BigInteger, nullable=False),  # of the attempt, fallbacks and all
    Column("at", Moment, nullable=False),
    Column("question", long_bytes(), nullable=False),  # JSON, perhaps compressed: the input of the connector
    Column("answer", long_bytes()),
    Column("tenant", word(64), nullable=False),
    UniqueConstraint("job_key", "attempt", "ordinal"),
    Index(None, "instance_key"),
    Index(None, "at"),
)
