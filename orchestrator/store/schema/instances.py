"""The lives of instances: the locked row with the snapshot, what was active when, variables, the journal."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, PrimaryKeyConstraint, UniqueConstraint

from orchestrator.store.schema.types import Moment, digest, key, long_bytes, long_text, primary, table, word

process_instances = table(
    "process_instances",
    primary("instance_key"),
    key("root_instance_key"),
    key("parent_instance_key", null=True),
    key("parent_element_instance_key", null=True),
    key("definition_key"),
    Column("process_id", word(), nullable=False),
    Column("version", Integer, nullable=False),  # of the definition
    Column("business_id", word()),
    Column("tags", long_text()),
    Column("status", word(20), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("started_by", word(), nullable=False),
    Column("ended_at", Moment),
    Column("incident_count", Integer, nullable=False),
    Column("revision", Integer, nullable=False),  # of this row; every movement adds one
    Column("sequence", BigInteger, nullable=False),  # of the newest record
    Column("failures", Integer, nullable=False),  # movements in a row that the engine could not make
    Column("held", Boolean, nullable=False),  # True: nothing moves until a person looks
    Column("suspended_at", Moment),  # since when nothing moves because a person said so
    Column("start_lock", digest()),  # of a root that a message with a correlation key has started
    Column("snapshot", long_bytes()),  # roots only
    Column("tenant", word(64), nullable=False),
    Index(None, "root_instance_key"),
    Index(None, "definition_key", "status"),
    Index(None, "status", "started_at"),
    Index(None, "business_id"),
    fill=70,
)

forks = table(
    "forks",
    primary("instance_key"),
    key("source_instance_key"),
    Column("source_sequence", BigInteger, nullable=False),  # the source's newest record at that moment
    Index(None, "source_instance_key"),
)

element_instances = table(
    "element_instances",
    primary("element_instance_key"),
    key("instance_key"),
    key("root_instance_key"),
    key("definition_key"),
    Column("element_id", word(), nullable=False),
    Column("element_type", word(40), nullable=False),
    key("scope_key"),
    Column("loop_counter", Integer),
    Column("status", word(20), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("tenant", word(64), nullable=False),
    Index(None, "instance_key"),
    Index(None, "definition_key"),  # nothing that changes: an element's end then touches no index
    fill=85,
)

variables = table(
    "variables",
    key("variable_key"),
    key("scope_key"),
    Column("name", word(), nullable=False),
    key("instance_key"),
    Column("value", long_text(), nullable=False),  # JSON
    Column("value_hash", BigInteger, nullable=False),  # to find equal values by
    Column("changed_at", Moment, nullable=False),
    Column("tenant", word(64), nullable=False),
    PrimaryKeyConstraint("scope_key", "name"),
    UniqueConstraint("variable_key"),
    Index(None, "instance_key"),
    Index(None, "name", "value_hash"),
    fill=85,
)

journal = table(
    "journal",
    key("root_instance_key"),
    Column("sequence", BigInteger, nullable=False, autoincrement=False),  # of the first record of this step
    Column("count", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", word(), nullable=False),
    Column("trigger", word(40), nullable=False),
    Column("body", long_bytes(), nullable=False),  # JSON, perhaps compressed: trigger, keys drawn, records
    PrimaryKeyConstraint("root_instance_key", "sequence"),
)

decision_instances = table(
    "decision_instances",
    primary("decision_instance_key"),
    key("instance_key"),
    key("root_instance_key"),
    key("definition_key"),
    key("element_instance_key"),
    Column("element_id", word(), nullable=False),
    Column("decision_id", word(), nullable=False),
    key("decision_key", null=True),
    Column("output", long_text(), nullable=False),
    Column("audit", long_text()),
    Column("evaluated_at", Moment, nullable=False),
    Column("tenant", word(64), nullable=False),
    Index(None, "instance_key"),
    Index(None, "decision_key"),
)

incidents = table(
    "incidents",
    primary("incident_key"),
    key("instance_key"),
    key("root_instance_key"),
    key("definition_key"),
    Column("process_id", word(), nullable=False),
    key("element_instance_key", null=True),
    Column("element_id", word()),
    key("job_key", null=True),
    Column("code", word(60), nullable=False),
    Column("message", long_text(), nullable=False),
    Column("status", word(20), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("resolved_at", Moment),
    Column("resolved_by", word()),
    Column("tenant", word(64), nullable=False),
    Index(None, "status", "opened_at"),
    Index(None, "instance_key"),
    Index(None, "root_instance_key"),
    Index(None, "definition_key", "status", "element_id"),
)
