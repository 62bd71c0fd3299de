"""Wake-ups between threads and processes: hints, never the work itself."""
