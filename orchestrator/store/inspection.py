"""Look over the whole database for what must never be."""

from sqlalchemy import select

from orchestrator.store.schema.instances import journal, process_instances
from orchestrator.store.transaction import Database, Transaction


def journal_gaps(database: Database) -> list[str]:
    """Name the instances whose journal has a gap or an overlap, or ends elsewhere than their row says."""

    def work(tx: Transaction) -> list[str]:
        table = process_instances
        own = table.c.instance_key == table.c.root_instance_key
        ends = {
            row.instance_key: row.sequence for row in tx.rows(select(table.c.instance_key, table.c.sequence).where(own))
        }
        reached: dict[int, int] = {}
        broken: set[int] = set()
        columns = (journal.c.root_instance_key, journal.c.sequence, journal.c.count)
        query = select(*columns).order_by(journal.c.root_instance_key, journal.c.sequence)
        for row in tx.connection.execute(query):
            if row[1] != reached.get(row[0], 0) + 1:
                broken.add(row[0])
            reached[row[0]] = row[1] + row[2] - 1
        broken |= {key for key, sequence in ends.items() if reached.get(key, 0) != sequence}
        return [f"journal of {key}" for key in sorted(broken)]

    return database.read(work)
