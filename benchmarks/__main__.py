"""``python -m benchmarks [name …] [--database sqlite|URL]``: print each figure and its ratio."""

import argparse
import sys

from benchmarks.support import Figure
from benchmarks.workloads import WORKLOADS

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


def show(figure: Figure) -> None:
    """Print one line."""
    database = figure.database.split("+")[0].split(":")[0]
    ratio = f"{figure.ratio:8.2f} of {figure.of}" if figure.ratio is not None else ""
    spread = f"  ({figure.spread})" if figure.spread else ""
    print(f"{database:<11} {figure.name:<34} {figure.value:>12,.2f} {figure.unit:<12} {ratio}{spread}", flush=True)


def main() -> None:
    """Run what was asked for, or everything."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*WORKLOADS, []], help="which ones; all of them by default")
    parser.add_argument("--database", help="sqlite, or the URL of a PostgreSQL where databases may be made")
    options = parser.parse_args()
    for database in databases(options.database):
        for name in options.names or WORKLOADS:
            if name == "startup" and database != "sqlite":
                continue
            for figure in WORKLOADS[name](database):
                show(figure)


if __name__ == "__main__":
    main()
