"""`crossfoot codes add`: a code of one's own, in the project's list."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from flows.cli.options import plain_text
from flows.cli.terminal import out
from warehouse.terms import code_finding, code_rows

# `--name-de Deutschland`: there are as many options as languages.
CONTEXT = {"ignore_unknown_options": True, "allow_extra_args": True}

_NAME = re.compile(r"--name-([a-z]{2,3}(?:-[a-z]+)?)(?:=(.*))?", re.DOTALL)


def command(
    context: typer.Context,
    list_name: Annotated[str, typer.Argument(help="The list, such as geographies or products.")],
    code: Annotated[str, typer.Argument(help="The code: letters, digits and '-'.")],
    name_en: Annotated[
        str, typer.Option(help="Its name in English; --name-<language> in any other.")
    ] = "",
    parent: Annotated[str, typer.Option(help="Code of what it lies in.")] = "",
    kind: Annotated[str, typer.Option(help="Its kind, such as province or group.")] = "",
    alias: Annotated[list[str] | None, typer.Option(help="Another name; repeat it.")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="COLUMN=CELL", help="Another column of the list; repeat it."),
    ] = None,
) -> None:
    """Add a code to a list of the project, once it is sure that it contradicts nothing.

    [dim]Examples:[/]

      crossfoot codes add geographies DE-RUHR --name-de Ruhrgebiet --parent DE-NW

      crossfoot codes add products SOLAR --name-en "solar panels" --parent ME

      crossfoot codes add industries C10 --name-en "Manufacture of food products"

      crossfoot codes add flows exports --name-de Exporte --alias Ausfuhr

    The file `codes/<list>.csv` of the project is made if it is not there. A code that the list has
    may be given further names, nothing else. A name that already means another code is refused.
    """
    row = {"code": code, "name_en": name_en, **_names(context.args)}
    row |= {"aliases": ";".join(alias or ()), "kind": kind, "parent": parent}
    for given in set_ or ():
        column, separator, cell = given.partition("=")
        if not separator:
            raise typer.BadParameter(f"--set {given}: write COLUMN=CELL")
        row[column] = cell
    for cell in filter(None, row.values()):
        plain_text(cell)
    place, is_new = code_finding.add(list_name, row)
    to = code_rows.own_name(list_name)
    out.print(f"{place}: added {code if is_new else f'names of {code}'} to {to}")


def _names(arguments: list[str]) -> dict[str, str]:
    """The names in other languages: `--name-de Ruhrgebiet` or `--name-de=Ruhrgebiet`."""
    found: dict[str, str] = {}
    rest = list(arguments)
    while rest:
        option = rest.pop(0)
        match = _NAME.fullmatch(option)
        if match is None:
            raise typer.BadParameter(f"{option}: is no option of this command")
        if match[2] is None and not rest:
            raise typer.BadParameter(f"{option}: write the name after it")
        found[f"name_{match[1]}"] = rest.pop(0) if match[2] is None else match[2]
    return found
