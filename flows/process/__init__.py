"""The process of a command: its streams, its signals, and how a failure ends it."""
