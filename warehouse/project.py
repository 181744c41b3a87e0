"""Where all files lie that are looked up by name: code lists, rules, views, formats, vocabulary.

Belongs here: the folder of each kind of file, and how it is searched. No other module knows where
a file of the package lies. Does not belong here: what is in the files, and what a run writes (its
home: `settings.py`).
"""

from __future__ import annotations

from pathlib import Path

# The folder that holds the layers: of a checkout its root, of an installed wheel site-packages.
PACKAGE = Path(__file__).resolve().parents[1]
LAYERS = ("warehouse", "expectations", "desk", "flows")

# Kind → its folder in the package.
_PLACES = {
    "records": "warehouse/example/records",
    "fields": "warehouse/records",
    "acknowledged": "warehouse/example",
    "codes": "warehouse/codes",
    "rates": "warehouse/rates",
    "vocabulary": "warehouse/drafting/vocabulary",
    "composition": "warehouse/detail",
    "formats": "warehouse/detail/formats",
    "macros": "warehouse/store/sql",
    "core": "warehouse/store/sql/core",
    "views": "warehouse/store/sql/views",
    "quality": "warehouse/store/sql/quality",
    "detail": "warehouse/store/sql/detail",
    "detail figures": "warehouse/store/sql/detail/figures",
    "detail quality": "warehouse/store/sql/detail/quality",
    "rules": "expectations/rules",
    "detail rules": "expectations/detail",
    "report": "desk/report",
    "service": "flows/service",
}


def search_path(kind: str) -> tuple[Path, ...]:
    """The folders that are searched for files of a kind, in order of precedence."""
    return (PACKAGE / _PLACES[kind],)


def folder(kind: str) -> Path:
    """The package's own folder of a kind."""
    return search_path(kind)[-1]


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


def shown(path: Path) -> str:
    """A path as messages name it: from the package's folder on, if it lies there."""
    return path.relative_to(PACKAGE).as_posix() if path.is_relative_to(PACKAGE) else str(path)
