"""What runs the house itself: keys, the audit log, batches, breakers, kept answers, the designer's drafts."""

from sqlalchemy import BigInteger, Column, Index, Integer, PrimaryKeyConstraint

from orchestrator.store.schema.types import Moment, digest, key, long_text, primary, table, word

key_blocks = table(
    "key_blocks",
    Column("name", word(40), primary_key=True),
    Column("next_key", BigInteger, nullable=False),
)

audit_log = table(
    "audit_log",
    primary("audit_key"),
    Column("chain", word(64), nullable=False),  # the tenant
    Column("sequence", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", word(), nullable=False),
    Column("actor_kind", word(20), nullable=False),
    Column("action", word(60), nullable=False),
    Column("resource_kind", word(40), nullable=False),
    Column("resource", word(), nullable=False),
    Column("details", long_text()),
    Column("previous_hash", digest(), nullable=False),
    Column("hash", digest(), nullable=False),
    Column("tenant", word(64), nullable=False),
    Index(None, "chain", "sequence", unique=True),
    Index(None, "resource_kind", "resource"),
    Index(None, "at"),
)

audit_heads = table(
    "audit_heads",
    Column("chain", word(64), primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("hash", digest(), nullable=False),
)

breakers = table(
    "breakers",
    Column("endpoint", word(), primary_key=True),
    Column("failures", Integer, nullable=False),  # in a row
    Column("openings", Integer, nullable=False),  # in a row
    Column("open_until", Moment),  # null: closed
    Column("probing_until", Moment),  # somebody tries it right now
    Column("changed_at", Moment, nullable=False),
)

answered_requests = table(
    "answered_requests",
    Column("request_digest", digest(), primary_key=True),  # tenant, caller, key that the caller gave
    Column("content_digest", digest(), nullable=False),  # method, address and body
    Column("status", Integer),  # null: the body tells of the beginning, the end is awaited
    Column("media_type", word(80)),
    Column("body", long_text()),
    Column("expires_at", Moment, nullable=False),
    Index(None, "expires_at"),
)

batches = table(
    "batches",
    primary("batch_key"),
    Column("kind", word(40), nullable=False),
    Column("status", word(20), nullable=False),
    Column("command", long_text(), nullable=False),  # JSON: what is done, besides to whom
    Column("reason", long_text()),
    Column("total", Integer, nullable=False),
    Column("actor", word(), nullable=False),
    Column("actor_kind", word(20), nullable=False),
    Column("actor_roles", long_text(), nullable=False),  # JSON: the entries are done with the rights of then
    Column("created_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("tenant", word(64), nullable=False),
    Index(None, "status", "batch_key"),
)

batch_entries = table(
    "batch_entries",
    key("batch_key"),
    key("item_key"),  # of an instance, or of an incident
    key("instance_key"),
    Column("status", word(20), nullable=False),
    Column("error", long_text()),
    Column("processed_at", Moment),
    PrimaryKeyConstraint("batch_key", "item_key"),
    Index(None, "batch_key", "status"),
    Index(None, "instance_key"),
)

models = table(
    "models",
    primary("model_key"),
    Column("name", long_text(), nullable=False),
    Column("kind", word(20), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", word(), nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("changed_by", word(), nullable=False),
    Column("tenant", word(64), nullable=False),
)

model_versions = table(
    "model_versions",
    key("model_key"),
    Column("revision", Integer, nullable=False),
    Column("source_digest", digest(), nullable=False),
    Column("size", Integer, nullable=False),
    Column("note", long_text(), nullable=False),
    Column("saved_at", Moment, nullable=False),
    Column("saved_by", word(), nullable=False),
    PrimaryKeyConstraint("model_key", "revision"),
)
