"""A new project: a folder that runs at once, made from templates.

`templates/` holds its files as they will lie, with `$name` where something is filled in.
`country_settings.csv` says what a country usually takes, but for its money, which units.csv says;
it was made from CLDR (Unicode Licence v3) and the time zone database (public domain).
`examples.csv` holds real figures, a partner of China's trade a row.

Belongs here: what a new project is filled with, and putting it in place whole.
Does not belong here: what is found in a project (project.py), and arguments (flows/cli/init.py).
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from string import Template
from typing import Any

from warehouse import project
from warehouse.project import FILE, ProjectSettings
from warehouse.system import csv_table
from warehouse.system.failure import Failure
from warehouse.terms import codes
from warehouse.terms.notation import currency_of

AREAS = "geographies"  # the list of all that may be an area
WORLD = "WLD"

# Templates whose names would mean something where they lie → their names in a project.
_NAMED = {"gitignore": ".gitignore"}
_AMOUNTS = ("trade", "exports", "imports", "month_trade", "month_exports")


class StarterError(Failure):
    """A project cannot be made as it was asked for: why, and what to do instead."""


def usual(area: str) -> ProjectSettings:
    """What is usual in the area of that code or name, whose name the project has too.

    What a part of a country lacks is its country's. Raises StarterError, which names the nearest.
    """
    try:
        code = codes.lookup(AREAS, area)
    except codes.UnknownCode as error:
        near = error.suggestions
        hint = f"is it {' or '.join(near)}? Else look" if near else "look"
        raise StarterError(
            f"area {area!r}: no country, region or group is called so; {hint} for it with: "
            "crossfoot codes find TEXT"
        ) from None
    name = codes.row(AREAS, code).get("name_en") or area
    listed = _table("country_settings.csv", "code")
    around = (code, *codes.ancestors(AREAS, code))
    place = next((place for place in around if place in listed), "")
    found: dict[str, Any] = {**listed.get(place, {})}
    found["fiscal_year_start"] = int(found.get("fiscal_year_start") or 1)
    found["currency"] = next(filter(None, map(currency_of, around)), "")
    return ProjectSettings(**{**found, "name": name, "area": code})


def refuse(settings: ProjectSettings) -> None:
    """Raise StarterError where a project could not be used with these settings."""
    for name, value in asdict(settings).items():
        if message := project.fault(name, value):
            raise StarterError(f"{name} {message}")
    in_use = map(currency_of, _table("country_settings.csv", "code"))
    if settings.currency and settings.currency not in in_use:
        raise StarterError(
            f"currency {settings.currency!r} is the code of no money in use; write that of "
            "ISO 4217, such as EUR or VND"
        )
    if not re.fullmatch("[a-z]{2,3}", settings.language):
        raise StarterError(
            f"language {settings.language!r} is no code of a language; write that of ISO 639, "
            "such as en, zh or vi"
        )


def make(folder: Path, settings: ProjectSettings, operator: str) -> list[Path]:
    """Make a project in a folder, which need not exist; return its files, below the folder.

    `operator` are the lines that explain what whoever runs it may set. A new folder appears whole.
    In an existing one nothing is overwritten, and the file that makes it a project comes last.
    Raises StarterError and OSError.
    """
    refuse(settings)
    if os.path.lexists(folder) and not folder.is_dir():
        raise StarterError(f"{folder}: is no folder; name another, or move it away")
    beside = folder if folder.is_dir() else folder.parent
    beside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".crossfoot-init-", dir=beside) as temporary:
        staged = Path(temporary) / "project"
        made = _write(staged, _filled(settings, operator))
        if beside == folder:
            _put(made, staged, folder)
        else:
            staged.rename(folder)
    return made


def _write(staged: Path, values: Mapping[str, str]) -> list[Path]:
    """Fill every template in; the file that makes a folder a project is the last of them."""
    templates = project.search_path("starter")[0] / "templates"
    written = []
    for template in sorted(templates.rglob("*"), key=lambda path: (path.name == FILE, path)):
        if template.is_file():
            below = template.relative_to(templates)
            below = below.with_name(_NAMED.get(below.name, below.name))
            text = Template(template.read_text("utf-8")).substitute(values)
            (staged / below).parent.mkdir(parents=True, exist_ok=True)
            (staged / below).write_text(text, "utf-8")
            written.append(below)
    return written


def _put(files: list[Path], staged: Path, folder: Path) -> None:
    """Move files to where nothing lies; what was moved is taken back where one cannot be."""
    if there := [str(folder / file) for file in files if os.path.lexists(folder / file)]:
        raise StarterError(
            f"{', '.join(there)}: there already, and nothing is overwritten; name another folder, "
            "or move it away"
        )
    put: list[Path] = []
    try:
        for file in files:
            (folder / file).parent.mkdir(exist_ok=True)
            os.link(staged / file, folder / file)  # unlike renaming, never over another file
            put.append(folder / file)
    except BaseException:
        for path in put:
            with suppress(OSError):
                path.unlink()
        raise


def _filled(settings: ProjectSettings, operator: str) -> dict[str, str]:
    """What stands for each `$name` of the templates."""
    month = settings.fiscal_year_start
    values = {name: json.dumps(text, ensure_ascii=False) for name, text in asdict(settings).items()}
    values |= {
        "title": " ".join(settings.name.split()),
        "operator": operator,
        "fiscal_year": f"{'# ' if month == 1 else ''}fiscal_year_start = {month}",
    }
    return values | _example(settings.area)


def _example(code: str) -> dict[str, str]:
    """The figures of the example: China's trade with the area, or else with all the world."""
    rows = _table("examples.csv", "partner")
    around = (code, *codes.ancestors(AREAS, code), WORLD)
    partner = next(code for code in around if code in rows)
    row = rows[partner]
    # Printed in hundred millions: the same digits, the same interval.
    amounts = {name: f"{Decimal(row[name]).scaleb(-1)}" for name in _AMOUNTS}
    name = "the world" if partner == WORLD else codes.by_code(AREAS)[partner]["name_en"]
    return {**row, **amounts, "partner": partner, "partner_name": name}


def _table(name: str, key: str) -> dict[str, dict[str, str]]:
    """The rows of a CSV file by the column `key`, which is left out of them."""
    return {row.pop(key): row for row in csv_table.packaged(project.file("starter", name))}
