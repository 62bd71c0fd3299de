"""``python -m benchmarks [name …] [--database sqlite|URL]``: print each figure and its ratio."""

import argparse
import sys
import time

from benchmarks.support import Figure
from benchmarks.workloads import MANY, WORKLOADS
from orchestrator import bootstrap

MANY_DIGITS = 100
LOCAL_POSTGRESQL = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"


def databases(wanted: str | None) -> list[str]:
    """The embedded database, and a local PostgreSQL where one answers."""
    if wanted:
        return [wanted]
    import psycopg

    try:
        psycopg.connect(LOCAL_POSTGRESQL.replace("+psycopg", ""), connect_timeout=2).close()
    except psycopg.OperationalError:
        print("No PostgreSQL answers on this machine; --database names one elsewhere.", file=sys.stderr)
        return ["sqlite"]
    return ["sqlite", LOCAL_POSTGRESQL]


COLUMNS = "{:<11} {:<34} {:>12} {:<11} {:>7} {:<18} {}"


def show(figure: Figure) -> None:
    """Print one line."""
    database = figure.database.split("+")[0].split(":")[0]
    value = f"{figure.value:,.0f}" if figure.value >= MANY_DIGITS else f"{figure.value:,.2f}"
    ratio, of = ("", "") if figure.ratio is None else (f"{figure.ratio:.2f}", f"of {figure.of}")
    print(COLUMNS.format(database, figure.name, value, figure.unit, ratio, of, figure.spread).rstrip(), flush=True)


def main() -> None:
    """Run what was asked for, or everything."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*WORKLOADS, []], help="which ones; all of them by default")
    parser.add_argument("--database", help="sqlite, or the URL of a PostgreSQL where databases may be made")
    parser.add_argument("--many", type=int, default=MANY, help="rounds, sleeping instances and timers (%(default)s)")
    options = parser.parse_args()
    bootstrap.settle()  # as the server does
    began = time.perf_counter()
    print(COLUMNS.format("database", "what", "median", "", "ratio", "", "lowest to highest"))
    for database in databases(options.database):
        for name in options.names or WORKLOADS:
            if name == "startup" and database != "sqlite":
                continue
            for figure in WORKLOADS[name](database, options.many):
                show(figure)
    print(f"{time.perf_counter() - began:.0f} s in all; higher ratios of raw are better, lower ones of anything else.")


if __name__ == "__main__":
    main()
