"""Alembic's scripts, one small file a change; they run on every database."""
