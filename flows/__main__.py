"""Where the command `crossfoot` begins: able to end in words before anything else is loaded.

Belongs here: nothing that takes time. The command itself is cli.py.
"""

from __future__ import annotations

from flows.process import streams
from flows.process.signals import ending_in_words


def main() -> None:
    """Entry point of the command."""
    streams.hold_open()
    with ending_in_words():  # first: what tells failures takes a moment to load
        from flows.process.failures import in_words

        with in_words():
            from flows.cli.app import main as run_command

            run_command()


if __name__ == "__main__":
    main()
