"""Use cases, one per file: the only rooms that join the store and the core."""
