"""Use cases: load, decide, save, in one transaction; functions over a Runtime."""
