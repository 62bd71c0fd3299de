"""People and programs: accounts, groups, sessions, tokens."""

from sqlalchemy import Boolean, Column, Index, PrimaryKeyConstraint, UniqueConstraint

from orchestrator.store.schema.types import Moment, digest, long_text, primary, table, word

users = table(
    "users",
    Column("user_id", word(), primary_key=True),
    Column("name", long_text(), nullable=False),
    Column("email", long_text()),
    Column("password_hash", word(), nullable=False),
    Column("roles", long_text(), nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("tenant", word(64), nullable=False),
)

memberships = table(
    "memberships",
    Column("group_id", word(), nullable=False),
    Column("user_id", word(), nullable=False),
    PrimaryKeyConstraint("group_id", "user_id"),
    Index(None, "user_id"),
)

sessions = table(
    "sessions",
    Column("session_digest", digest(), primary_key=True),
    Column("user_id", word(), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Index(None, "user_id"),
    Index(None, "expires_at"),
)

api_tokens = table(
    "api_tokens",
    primary("token_key"),
    Column("token_digest", digest(), nullable=False),
    Column("prefix", word(20), nullable=False),
    Column("name", long_text(), nullable=False),
    Column("owner", word(), nullable=False),
    Column("roles", long_text(), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("last_used_at", Moment),
    Column("revoked_at", Moment),
    Column("tenant", word(64), nullable=False),
    UniqueConstraint("token_digest"),
    Index(None, "owner"),
)
