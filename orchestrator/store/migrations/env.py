"""Alembic's entry: runs on the connection that ``store.upgrades`` hands over."""

from alembic import context

from orchestrator.store.schema import metadata

connection = context.config.attributes["connection"]
names = frozenset(metadata.tables)


def ours(_thing: object, name: str | None, kind: str, _reflected: object, _other: object) -> bool:
    """Leave tables alone that share the schema with ours."""
    return kind != "table" or name in names


context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    include_object=ours,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
