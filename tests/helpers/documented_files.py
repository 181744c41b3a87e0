"""The files that a page shows: to be written as they stand there, or to be changed so.

A fence shows a file where the line before it ends in the file's path and a colon, such as
"Write `my-records/report.yaml`:". A fence of the kind `diff` shows a change of it.
"""

import re
from dataclasses import dataclass
from pathlib import Path

NAMED = re.compile(r"`([\w./-]+)`:\n+\Z")


@dataclass(frozen=True)
class ShownFile:
    """A file, and what a page says it holds; or, as a diff, how it is changed."""

    path: str
    text: str
    is_change: bool = False

    def make(self, folder: Path) -> None:
        """Write the file below a folder, or change the one that lies there.

        Raises AssertionError where what the change takes away is not found exactly once.
        """
        target = folder / self.path
        if not self.is_change:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(self.text, "utf-8")
            return
        lines = self.text.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] != "+")
        after = "".join(line[1:] for line in lines if line[0] != "-")
        held = target.read_text("utf-8")
        assert held.count(before) == 1, f"{self.path} does not hold, once:\n{before}"
        target.write_text(held.replace(before, after), "utf-8")


def shown_file(said: str, kind: str, block: str) -> ShownFile | None:
    """The file that a fence shows after the text `said`; None where that names none."""
    match = NAMED.search(said)
    return ShownFile(match[1], block, kind == "diff") if match else None
