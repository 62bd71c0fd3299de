"""HTTP in, HTTP out; no decision is taken here."""
