"""Index only what is looked for: a step writes to every index of its rows."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0003"
branch_labels = None
depends_on = None

_OPEN = "ix_jobs_open_type_rank_claimable_at"
_ENDED = "ix_element_instances_definition_key_status_element_id"


def upgrade() -> None:
    op.drop_index("ix_jobs_element_instance_key", table_name="jobs")
    op.create_index("ix_element_instances_definition_key", "element_instances", ["definition_key"])
    op.drop_index(_ENDED, table_name="element_instances")
    _index_open_jobs(sa.text("open_type IS NOT NULL"))


def downgrade() -> None:
    _index_open_jobs(None)
    op.create_index(_ENDED, "element_instances", ["definition_key", "status", "element_id"])
    op.drop_index("ix_element_instances_definition_key", table_name="element_instances")
    op.create_index("ix_jobs_element_instance_key", "jobs", ["element_instance_key"])


def _index_open_jobs(where: sa.TextClause | None) -> None:
    if op.get_bind().dialect.name not in {"sqlite", "postgresql"}:
        return  # the others know no index of some rows only
    op.drop_index(_OPEN, table_name="jobs")
    op.create_index(_OPEN, "jobs", ["open_type", "rank", "claimable_at"], sqlite_where=where, postgresql_where=where)
