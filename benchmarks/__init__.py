"""Benchmarks: each prints its ratio to what the database itself can do in the same run."""
