"""What several commands share: the option of the home, and the exit codes.

Does not belong here: what only one command takes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

WITHHELD, UNUSABLE = 1, 2

Home = Annotated[
    Path | None,
    typer.Option(help="Where everything that Crossfoot makes lies.", envvar="CROSSFOOT_HOME"),
]
