"""What several commands share: options, and which texts they take.

Does not belong here: what only one command takes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.process.streams import as_text, visible
from warehouse.records.sheets import MAX_TEXT

AcceptSchema = Annotated[
    bool,
    typer.Option(
        "--accept-schema", help="Publish even if a view or column is gone that readers may query."
    ),
]


def folder(text: str) -> Path:
    """The folder that an option names: not the working one where a variable was empty."""
    if not text:
        raise typer.BadParameter("is empty; name a folder")
    return Path(text)


Home = Annotated[
    Path | None,
    typer.Option(
        parser=folder,
        metavar="<path>",
        help="Where everything that Crossfoot makes lies.",
        envvar="CROSSFOOT_HOME",
    ),
]


def plain_text(text: str) -> str:
    """The text of an option, of which everything can be seen. Raises typer.BadParameter."""
    text = as_text(text)
    if not text.strip():
        raise typer.BadParameter("is empty")
    if len(text) > MAX_TEXT:
        raise typer.BadParameter(f"has {len(text):,} characters, more than {MAX_TEXT:,}")
    if text != visible(text):
        raise typer.BadParameter(f"{visible(text)}: holds what no terminal shows; take it out")
    return text


Records = Annotated[
    Path | None, typer.Option(help="Folder of record files; those of the project by default.")
]
