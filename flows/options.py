"""What several commands share: options.

Does not belong here: what only one command takes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

AcceptSchema = Annotated[
    bool,
    typer.Option(
        "--accept-schema", help="Publish even if a view or column is gone that readers may query."
    ),
]

Home = Annotated[
    Path | None,
    typer.Option(help="Where everything that Crossfoot makes lies.", envvar="CROSSFOOT_HOME"),
]
