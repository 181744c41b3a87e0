"""Where all files lie that are looked up by name: in the project first, then in the package.

A project is a folder with a `crossfoot.toml` in which a table `[project]` stands; beside it lie,
each optional, its records, code lists, rules, views, formats, vocabulary and rates. The shipped
example is one, and the one that counts where no other is found. Belongs here: which project is in
use and what it says of itself, the folder of each kind of file, and how these are searched. No
other module knows where a file lies. Does not belong here: what is in the files, and what an
operator may set (`settings.py`).
"""

from __future__ import annotations

import difflib
import functools
import os
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec, TypeVar, cast

from warehouse.system import files as system_files
from warehouse.system.failure import Failure
from warehouse.system.files import FormError, Problem

# The folder that holds the layers: of a checkout its root, of an installed wheel site-packages.
PACKAGE = Path(__file__).resolve().parents[1]
LAYERS = ("warehouse", "expectations", "desk", "flows")
EXAMPLE = PACKAGE / "warehouse/example"

FILE, TABLE = "crossfoot.toml", "project"
VARIABLE = "CROSSFOOT_PROJECT"


class _Place(NamedTuple):
    """The folder of a kind of file: in a project, and in the package; None where there is none."""

    project: str | None
    package: str | None


_PLACES = {
    "records": _Place("records", None),
    "acknowledged": _Place(".", None),
    "codes": _Place("codes", "warehouse/codes"),
    "rates": _Place("rates", "warehouse/rates"),
    "vocabulary": _Place("vocabulary", "warehouse/drafting/vocabulary"),
    "composition": _Place(".", "warehouse/detail"),
    "formats": _Place("formats", "warehouse/detail/formats"),
    "views": _Place("views", "warehouse/store/sql/views"),
    "rules": _Place("rules", "expectations/rules"),
    "detail rules": _Place("detail_rules", "expectations/detail"),
    "fields": _Place(None, "warehouse/records"),
    "terms": _Place(None, "warehouse/terms"),
    "macros": _Place(None, "warehouse/store/sql"),
    "core": _Place(None, "warehouse/store/sql/core"),
    "quality": _Place(None, "warehouse/store/sql/quality"),
    "detail": _Place(None, "warehouse/store/sql/detail"),
    "detail figures": _Place(None, "warehouse/store/sql/detail/figures"),
    "detail quality": _Place(None, "warehouse/store/sql/detail/quality"),
    "report": _Place(None, "desk/report"),
    "service": _Place(None, "flows/service"),
    "starter": _Place(None, "warehouse/starter"),
}


class ProjectError(Failure):
    """A project that cannot be used, and what to do about it."""


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """What a project says of itself in the table `[project]`; '' is not said.

    `area` is the code of the geography whose figures it curates, `currency` that of its money,
    `language` the code of the language in which people read its names (ISO 639, such as en or zh),
    `decimal` the mark before decimals in what it curates ('.' or ','), `fiscal_year_start` the
    month in which its fiscal year begins. `release_days` are days of a month, and ranges of them
    such as 7-10, on which the office publishes that it reads, `release_time` when it then looks.
    """

    name: str = ""
    area: str = ""
    currency: str = ""
    language: str = "en"
    timezone: str = "UTC"
    decimal: str = ""
    fiscal_year_start: int = 1
    release_days: tuple[str, ...] = ()
    release_time: str = ""


P = ParamSpec("P")
T = TypeVar("T")
_caches: list[Callable[[], None]] = []


def cached(function: Callable[P, T]) -> Callable[P, T]:
    """`functools.cache` for what depends on the files of a project: forgotten with the project."""
    remembered = functools.cache(function)
    _caches.append(remembered.cache_clear)
    return cast("Callable[P, T]", remembered)


def use(folder: Path | None) -> None:
    """Use the project in a folder from now on, here and in processes started from here.

    None: the one that is found without being named. Raises ProjectError where there is none.
    """
    if folder is None:
        os.environ.pop(VARIABLE, None)
    else:
        os.environ[VARIABLE] = str(folder.absolute())
    for forget in _caches:
        forget()
    root()


@cached
def root() -> Path:
    """The folder of the project in use: the one that CROSSFOOT_PROJECT names, else the nearest one
    around the working directory, else the shipped example.

    Raises ProjectError.
    """
    if named := os.environ.get(VARIABLE):
        folder = Path(named).absolute()
        if _table(folder) is None:
            remedy = f"make one with: crossfoot init {shlex.quote(str(folder))}"
            raise ProjectError(
                f"{folder}: is no project, for want of {FILE} with a table [{TABLE}]; {remedy}"
            )
        return folder
    try:
        here = Path.cwd()
    except FileNotFoundError:  # the working directory is gone
        return EXAMPLE
    for folder in (here, *here.parents):
        if _table(folder) is not None:
            _refuse_if_foreign(folder)
            return folder
    return EXAMPLE


def is_example() -> bool:
    """Whether the project in use is the shipped example, which nobody may change."""
    return root() == EXAMPLE


def is_installed(path: Path) -> bool:
    """Whether a path lies in an installed package, which the next version replaces; a checkout
    belongs to whoever works on it.
    """
    return path.is_relative_to(PACKAGE) and not (PACKAGE / "pyproject.toml").exists()


@cached
def settings() -> ProjectSettings:
    """What the project in use says of itself. Raises ProjectError."""
    given = _table(root()) or {}
    for name, value in given.items():
        if message := fault(name, value):
            raise ProjectError(f"{root() / FILE}: [{TABLE}] {name}: {message}")
    days = tuple(map(str, given.pop("release_days", ())))
    return ProjectSettings(**given, release_days=days)


def fault(name: str, value: Any) -> str:
    """What is wrong with a setting of a project, and what to write; '' where nothing is."""
    known = [field.name for field in fields(ProjectSettings)]
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        return "is no setting; " + (f"is it {near[0]}?" if near else f"take {', '.join(known)}")
    if name == "fiscal_year_start":
        is_month = type(value) is int and 1 <= value <= 12
        return "" if is_month else f"{value!r} is no month; write 1 to 12"
    if name == "release_days":
        are_days = isinstance(value, list | tuple) and all(map(_is_days, value))
        return "" if are_days else f"{value!r} are no days of a month; write [7, 14] or ['7-10']"
    if not isinstance(value, str):
        return f"{value!r} is no text; write it in quotation marks"
    if name == "decimal" and value not in ("", ".", ","):
        return f"{value!r} is no decimal mark; write '.' or ','"
    if name == "release_time" and not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d|", value):
        return f"{value!r} is no time; write '18:00'"
    if name == "timezone" and value != "UTC":
        from zoneinfo import available_timezones  # looks through hundreds of files

        if value not in (zones := available_timezones()):
            near = difflib.get_close_matches(value, zones, 1)
            return f"{value!r} is no time zone; write {near[0] if near else 'Europe/Berlin'}"
    return ""


def _is_days(value: Any) -> bool:
    """Whether a value is a day of a month, 7, or a range of them, 7-10."""
    if type(value) not in (int, str) or not re.fullmatch(r"\d{1,2}(-\d{1,2})?", str(value)):
        return False
    days = [int(day) for day in str(value).split("-")]
    return 1 <= days[0] <= days[-1] <= 31


def _refuse_if_foreign(folder: Path) -> None:
    """Raise ProjectError where neither this user nor root owns a project that nobody named.

    Settings name commands to run and rules are code, so that another user's are not obeyed only
    because they lie above the working directory.
    """
    if (folder / FILE).stat().st_uid not in (os.geteuid(), 0):
        raise ProjectError(
            f"{folder / FILE}: belongs to another user; to use that project all the same: "
            f"export {VARIABLE}={shlex.quote(str(folder))}"
        )


def _table(folder: Path) -> dict[str, Any] | None:
    """The table `[project]` of the folder's file; None where there is none. Raises FormError."""
    if not os.path.lexists(path := folder / FILE):
        return None
    name = FILE if Path.cwd() == folder else str(path)
    table = system_files.toml(path, name)[0].get(TABLE)
    if table is not None and not isinstance(table, dict):
        raise FormError(Problem(name, 0, "is no table", f"write [{TABLE}]", TABLE))
    return table


def search_path(kind: str) -> tuple[Path, ...]:
    """The folders that are searched for files of a kind, in order of precedence."""
    place = _PLACES[kind]
    own = () if place.project is None else (root() / place.project,)
    return own if place.package is None else (*own, PACKAGE / place.package)


def own(kind: str) -> Path:
    """The project's own folder of a kind, whether it is there or not."""
    place = _PLACES[kind].project
    if place is None:
        raise KeyError(kind)
    return root() / place


def file(kind: str, name: str) -> Path:
    """The file of that name, from the first folder that has it. Raises FileNotFoundError."""
    for place in search_path(kind):
        if (place / name).is_file():
            return place / name
    raise FileNotFoundError(f"there is no {name} in {' or '.join(map(str, search_path(kind)))}")


def files(kind: str, pattern: str) -> list[Path]:
    """The files of a kind whose names match, sorted by their paths below its folders.

    Of two with the same path, the one in the earlier folder of the search path.
    """
    found: dict[Path, Path] = {}
    for place in search_path(kind):
        for path in place.glob(pattern):
            found.setdefault(path.relative_to(place), path)
    return [path for _, path in sorted(found.items())]


def replacing(kind: str, pattern: str) -> list[Path]:
    """The project's files of a kind that stand for those of the package with the same path."""
    ours, *others = search_path(kind)
    found = (path for path in files(kind, pattern) if path.is_relative_to(ours))
    return [
        path for path in found if any((other / path.relative_to(ours)).exists() for other in others)
    ]


def shown(path: Path) -> str:
    """A path as messages name it: from the folder of the project or the package on."""
    for folder in (PACKAGE,) if is_example() else (root(), PACKAGE):
        if path.is_relative_to(folder):
            return path.relative_to(folder).as_posix()
    return str(path)
