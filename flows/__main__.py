"""Where the command `crossfoot` begins: it can end with a message before anything else is loaded.

Belongs here: nothing that takes time. Does not belong here: the command itself (cli/app.py).
"""

from __future__ import annotations

from flows.process import streams
from flows.process.signals import ending_in_words


def main() -> None:
    """Entry point of the command."""
    streams.hold_open()
    with ending_in_words():  # first: the module that reports failures takes a moment to load
        from flows.process.failures import in_words

        with in_words():
            from flows.cli.app import main as run_command

            run_command()


if __name__ == "__main__":
    main()
