"""What was deployed: files by digest, and numbered versions of what is in them."""

from sqlalchemy import Boolean, Column, Index, Integer, UniqueConstraint

from orchestrator.store.schema.types import Moment, digest, key, long_bytes, long_text, primary, table, word

blobs = table(
    "blobs",
    Column("digest", digest(), primary_key=True),
    Column("encoding", word(20), nullable=False),
    Column("size", Integer, nullable=False),
    Column("content", long_bytes(), nullable=False),
)

deployments = table(
    "deployments",
    primary("deployment_key"),
    Column("deployed_by", word(), nullable=False),
    Column("deployed_at", Moment, nullable=False),
    Column("tenant", word(64), nullable=False),
)

process_definitions = table(
    "process_definitions",
    primary("definition_key"),
    Column("process_id", word(), nullable=False),
    Column("version", Integer, nullable=False),
    Column("version_tag", word()),
    Column("name", long_text()),
    Column("resource_name", long_text(), nullable=False),
    Column("source_digest", digest(), nullable=False),
    Column("elements", long_text(), nullable=False),  # JSON: element id to name and type
    Column("start_form_id", word()),
    Column("deployed", Boolean, nullable=False),  # False: withdrawn, kept for its instances
    Column("suspended_at", Moment),  # since when nothing new begins under it
    key("deployment_key"),
    Column("deployed_at", Moment, nullable=False),
    Column("tenant", word(64), nullable=False),
    UniqueConstraint("tenant", "process_id", "version"),
)

decision_definitions = table(
    "decision_definitions",
    primary("decision_key"),
    Column("decision_id", word(), nullable=False),
    Column("version", Integer, nullable=False),
    Column("version_tag", word()),
    Column("name", long_text()),
    key("requirements_key"),
    Column("requirements_id", word(), nullable=False),
    Column("requirements_name", long_text()),
    Column("requirements_version", Integer, nullable=False),
    Column("resource_name", long_text(), nullable=False),
    Column("source_digest", digest(), nullable=False),
    key("deployment_key"),
    Column("deployed_at", Moment, nullable=False),
    Column("tenant", word(64), nullable=False),
    UniqueConstraint("tenant", "decision_id", "version"),
    Index(None, "requirements_key"),
)

decision_files = table(
    "decision_files",
    primary("requirements_key"),
    Column("requirements_id", word(), nullable=False),
    Column("version", Integer, nullable=False),
    Column("namespace_digest", digest()),  # how others import it; null where it was deployed before imports were kept
    Column("source_digest", digest(), nullable=False),
    Column("imports", long_text(), nullable=False),  # JSON: the digests of all files that it needs
    key("deployment_key"),
    Column("tenant", word(64), nullable=False),
    UniqueConstraint("tenant", "requirements_id", "version"),
    Index(None, "tenant", "namespace_digest"),
)

forms = table(
    "forms",
    primary("form_key"),
    Column("form_id", word(), nullable=False),
    Column("version", Integer, nullable=False),
    Column("version_tag", word()),
    Column("resource_name", long_text(), nullable=False),
    Column("source_digest", digest(), nullable=False),
    key("deployment_key"),
    Column("deployed_at", Moment, nullable=False),
    Column("tenant", word(64), nullable=False),
    UniqueConstraint("tenant", "form_id", "version"),
)
