"""Rarer writes that a step asks for, after its rows."""

from collections.abc import Mapping

from sqlalchemy import update

from orchestrator.domain.keys import Key
from orchestrator.domain.records import ElementMoved, ModelReplaced
from orchestrator.store.batch import Batch
from orchestrator.store.schema.instances import element_instances, incidents, process_instances
from orchestrator.store.schema.waiting import jobs, message_subscriptions, signal_subscriptions, timers, user_tasks
from orchestrator.store.transaction import Transaction


def count_incidents(batch: Batch, changes: Mapping[Key, int]) -> None:
    """Add to the instances' numbers of open incidents."""
    table = process_instances

    def write(tx: Transaction) -> None:
        for key, change in sorted(changes.items()):
            count = table.c.incident_count + change
            tx.write(update(table).where(table.c.instance_key == key).values(incident_count=count))

    if changes:
        batch.then(write)


def replace_model(batch: Batch, record: ModelReplaced, root_key: Key) -> None:
    """Point an instance and what is open in it to another definition."""
    definition = {"definition_key": record.definition_key}
    full = {**definition, "process_id": record.process_id, "version": record.version}
    names = {**definition, "process_id": record.process_id}

    def write(tx: Transaction) -> None:
        key = record.instance_key
        tx.write(update(process_instances).where(process_instances.c.instance_key == key).values(full))
        for table, values in (
            (element_instances, definition),
            (jobs, full),
            (user_tasks, full),
            (timers, names),
            (message_subscriptions, names),
            (signal_subscriptions, names),
            (incidents, names),
        ):
            changed = update(table).where(table.c.instance_key == key, table.c.root_instance_key == root_key)
            if "status" in table.c:
                changed = changed.where(table.c.status.in_(("ACTIVE", "CREATED", "AVAILABLE", "ACTIVATED", "FAILED")))
            tx.write(changed.values(values))

    batch.then(write)


def move_element(batch: Batch, record: ElementMoved, root_key: Key) -> None:
    """Give an element instance and what waits for it another element id."""

    def write(tx: Transaction) -> None:
        for table in (
            element_instances,
            jobs,
            user_tasks,
            timers,
            message_subscriptions,
            signal_subscriptions,
            incidents,
        ):
            own = (table.c.element_instance_key == record.element_instance_key, table.c.root_instance_key == root_key)
            tx.write(update(table).where(*own).values(element_id=record.element_id))

    batch.then(write)
