"""Keep DMN files with what they import."""

import sqlalchemy as sa
from alembic import op

from orchestrator.store.schema.types import digest, long_text, number, options, word

revision = "0011"
down_revision = "0002"
branch_labels = None
depends_on = None

_OLD = sa.table(
    "decision_definitions",
    sa.column("requirements_key", sa.BigInteger),
    sa.column("requirements_id", sa.String),
    sa.column("requirements_version", sa.Integer),
    sa.column("source_digest", sa.LargeBinary),
    sa.column("deployment_key", sa.BigInteger),
    sa.column("tenant", sa.String),
)
_NEW = sa.table(
    "decision_files",
    sa.column("requirements_key", sa.BigInteger),
    sa.column("requirements_id", sa.String),
    sa.column("version", sa.Integer),
    sa.column("source_digest", sa.LargeBinary),
    sa.column("imports", sa.Text),
    sa.column("deployment_key", sa.BigInteger),
    sa.column("tenant", sa.String),
)


def upgrade() -> None:
    op.create_table(
        "decision_files",
        sa.Column("requirements_key", number(), autoincrement=False, nullable=False),
        sa.Column("requirements_id", word(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("namespace_digest", digest(), nullable=True),
        sa.Column("source_digest", digest(), nullable=False),
        sa.Column("imports", long_text(), nullable=False),
        sa.Column("deployment_key", number(), autoincrement=False, nullable=False),
        sa.Column("tenant", word(64), nullable=False),
        sa.PrimaryKeyConstraint("requirements_key", name=op.f("pk_decision_files")),
        sa.UniqueConstraint(
            "tenant", "requirements_id", "version", name=op.f("uq_decision_files_tenant_requirements_id_version")
        ),
        **options(),
    )
    op.create_index(
        op.f("ix_decision_files_tenant_namespace_digest"),
        "decision_files",
        ["tenant", "namespace_digest"],
        unique=False,
    )
    kept = [_OLD.c[name] for name in ("requirements_key", "requirements_id", "requirements_version", "source_digest")]
    found = sa.select(*kept, sa.literal("[]"), sa.func.min(_OLD.c.deployment_key), _OLD.c.tenant)
    op.execute(sa.insert(_NEW).from_select(_NEW.c.keys(), found.group_by(*kept, _OLD.c.tenant)))


def downgrade() -> None:
    op.drop_table("decision_files")
