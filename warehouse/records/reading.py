"""Record files as they lie on disk: bytes → rows of text fields, each with its line.

Belongs here: finding files, encodings, and every refusal that concerns a file as a whole. Does not
belong here: YAML as such (yaml_tree.py), the flat formats (sheets.py), what a field means
(contract.py).

All scalars stay text: a printed figure is never turned into a float, `2020-05` never into a date.
"""

from __future__ import annotations

import fnmatch
import hashlib
import itertools
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NoReturn

from warehouse import project
from warehouse.records import fields as record_fields
from warehouse.records import identifiers, remedies, sheets, yaml_hints, yaml_tree
from warehouse.records.sheets import CONTROL, Line, Malformed
from warehouse.records.yaml_tree import Node
from warehouse.system import csv_table, files
from warehouse.system.files import FormError, Problem

MAX_BYTES = {
    **dict.fromkeys((".yaml", ".yml"), files.MAX_TEXT_FILE),
    **dict.fromkeys((".csv", ".jsonl", ".parquet"), 256 << 20),
    ".xlsx": 16 << 20,
}
SUFFIXES = tuple(MAX_BYTES)
TABLES_OF_OTHERS = (".xls", ".xlsm", ".xlsb", ".ods", ".numbers", ".tsv", ".tab", ".json")
NESTED = (".yaml", ".yml")  # the other formats are flat, with their sources in sources.yaml
TOP_KEYS = ("source", "sources", "figures", "skipped")  # skipped: what a draft left out
LINKING = ("id", "source", "part_of", "share_of")  # the fields that hold ids
ENCODINGS = {".gb18030": "gb18030"}  # named before the last suffix, as in figures.gb18030.csv
PACKED = {b"\x1f\x8b": "compressed by gzip", b"PK\x03\x04": "a ZIP archive or a workbook"}

# In a path: characters that no terminal should print, and the starts of spreadsheets' formulas.
_UNSHOWABLE = re.compile(rf"{CONTROL.pattern}|[\t\n\r]|^[=+@-]")


@dataclass(frozen=True, slots=True)
class Row:
    """One record or source as read: its fields as text, and the line of each.

    `total` is the row it is nested under in a YAML file.
    """

    file: str
    line: int
    place: int  # its number among the rows of the file: two may share a line
    fields: Mapping[str, str]
    lines: Mapping[str, int]
    total: Row | None = None


@dataclass(frozen=True, slots=True)
class RecordFile:
    """One file as read. `problems` concern its form; a file with any has no rows."""

    name: str
    sha256: str
    sources: tuple[Row, ...] = ()
    records: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = ()


def find(paths: Sequence[Path], root: Path | None = None) -> list[tuple[str, Path]]:
    """The record files at `paths` and in folders there, as (name, path), sorted by name.

    What programs leave beside people's files is skipped, unless it is the one path. With a flat
    file comes the `sources.yaml` beside it. Names are the paths as given, or, where `root` is
    given, relative to it, so that a release does not depend on where its records lay.
    Raises FormError for a path that does not exist, holds no record file, cannot be shown, or is
    a link out of the folder that is searched.
    """
    found: list[Path] = []
    for path in paths:
        if len(paths) > 1 and _is_left(path.name):
            continue  # a shell's pattern named it, not a person
        if path.is_dir():
            below = [p for p in _below(path) if not _is_left(*p.relative_to(path).parts)]
            if links := [p for p in below if p.is_symlink() and p.is_dir()]:
                message = "is a link to a folder, which is not followed"
                raise FormError(Problem(str(links[0]), 0, message, "put the folder itself there"))
            named = [p for p in below if p.suffix.lower() in SUFFIXES]
            for link in named:
                # Not Path.resolve, which raises RuntimeError for a loop of links.
                real = Path(os.path.realpath(link))
                if link.is_symlink() and not real.is_relative_to(os.path.realpath(path)):
                    message = "is a link out of the folder"
                    raise FormError(Problem(str(link), 0, message, "put the file itself there"))
            # What is no file, and a dangling link, is kept: reading it will report the problem.
            found += (p for p in named if p.is_symlink() or not p.is_dir())
        elif not path.exists():
            raise FormError(Problem(str(path), 0, "no such file or folder", "check the path"))
        elif path.suffix.lower() not in SUFFIXES:
            message = f"not a record file ({', '.join(SUFFIXES)})"
            remedy = "name a record file or a folder of them"
            if path.suffix.lower() in TABLES_OF_OTHERS:
                remedy = "save it as .xlsx or as UTF-8 CSV"
            raise FormError(Problem(str(path), 0, message, remedy))
        else:
            found.append(path)
            beside = path.with_name("sources.yaml")
            if path.suffix.lower() not in NESTED and beside.is_file():
                found.append(beside)
    if not found:
        where = ", ".join(map(str, paths))
        remedy = f"put {' or '.join(SUFFIXES)} files there"
        if other := _table_of_another_kind(paths):
            remedy = f"save {other.name} as .xlsx or as UTF-8 CSV"
        raise FormError(Problem(where, 0, "no record files here", remedy))
    files = sorted(((p.relative_to(root) if root else p).as_posix(), p) for p in set(found))
    for name, _ in files:
        if _UNSHOWABLE.search(name):
            message = "the path is not plain text, or begins with one of = + - @"
            raise FormError(Problem(ascii(name), 0, message, "rename it"))
    return files


def _is_left(*names: str) -> bool:
    """Whether a program left a file or folder of one of these names: passed_over.csv lists them."""
    return any(_left_beside().fullmatch(name.casefold()) for name in names)


@cache
def _left_beside() -> re.Pattern[str]:
    table = csv_table.packaged(project.file("fields", "passed_over.csv"))
    patterns = [row["pattern"].casefold() for row in table]
    return re.compile("|".join(map(fnmatch.translate, patterns)))


def _table_of_another_kind(paths: Sequence[Path]) -> Path | None:
    """A file at `paths` that would hold records if it were saved otherwise."""
    for folder in filter(Path.is_dir, paths):
        for path in sorted(_below(folder)):
            if path.suffix.lower() in TABLES_OF_OTHERS and not _is_left(path.name):
                return path
    return None


def _below(folder: Path) -> Iterator[Path]:
    """Everything in a folder, at any depth. Raises FormError where a folder cannot be searched."""

    def fail(error: OSError) -> NoReturn:
        # If it were skipped, a run would withdraw its figures.
        message = f"cannot be searched: {error.strerror}"
        raise FormError(Problem(str(error.filename), 0, message, "let this user read it"))

    for parent, folders, names in os.walk(folder, onerror=fail):
        yield from (Path(parent, name) for name in (*folders, *names))


def read_all(paths: Sequence[Path], root: Path | None = None) -> list[RecordFile]:
    """Read all record files at `paths`; names are relative to `root` where one is given.

    Raises FormError when there is nothing to read.
    """
    return [read(name, path) for name, path in find(paths, root)]


def read(name: str, path: Path) -> RecordFile:
    """Read one record file. Never raises for its content: what is wrong becomes its `problems`."""
    suffix = path.suffix.lower()
    digest = ""
    try:
        data = files.content(path, MAX_BYTES[suffix], name)
        digest = hashlib.sha256(data).hexdigest()
        if suffix in NESTED:
            sources, records = _read_yaml(name, _decode(name, data))
            return RecordFile(name, digest, tuple(sources), tuple(records))
        if suffix == ".parquet":
            lines = sheets.read_parquet(path, data)
        elif suffix == ".xlsx":
            lines = sheets.read_xlsx(data)
        else:
            lines = sheets.FROM_TEXT[suffix](_decode(name, data))
        return RecordFile(name, digest, (), tuple(_rows(name, lines)))
    except FormError as error:
        return RecordFile(name, digest, problems=(error.problem,))


def read_tree(path: Path, holds: str) -> Node:
    """A YAML file that holds other things than records; `holds` says what. Raises FormError."""
    return tree_of(path, read_text(path), holds)


def read_text(path: Path) -> str:
    """The text of a small file: a regular one, bounded in size, in UTF-8. Raises FormError."""
    return _decode(str(path), files.content(path, files.MAX_TEXT_FILE))


def tree_of(path: Path, text: str, holds: str) -> Node:
    """The YAML in a text that was read from `path`; `holds` says what. Raises FormError."""
    return _tree(str(path), text, holds)


def _rows(name: str, lines: Iterator[Line]) -> Iterator[Row]:
    place = -1
    try:
        for place, (line, fields) in enumerate(lines):
            yield Row(name, line, place, _linkable(fields), dict.fromkeys(fields, line))
        if place < 0:
            raise Malformed(0, "the file holds no records", "write some, or take the file away")
    except Malformed as error:
        raise _form_error(name, error) from None


def _linkable(fields: dict[str, str]) -> dict[str, str]:
    """Fields with their ids composed: `é` typed as one character or as two is one id."""
    typed = {name: fields[name] for name in LINKING if not fields.get(name, "").isascii()}
    return fields | {name: identifiers.composed(id_) for name, id_ in typed.items()}


def _tree(name: str, text: str, holds: str) -> Node:
    try:
        return yaml_tree.read(text, holds)
    except Malformed as error:
        raise _form_error(name, error) from None


def _form_error(name: str, error: Malformed) -> FormError:
    where = (name, error.line, error.message, error.remedy, error.field, error.value)
    return FormError(Problem(*where))


def _decode(name: str, data: bytes) -> str:
    for start, kind in PACKED.items():
        if data.startswith(start):
            raise FormError(Problem(name, 0, f"is {kind}", "unpack it, or name it for what it is"))
    declared = Path(Path(name).stem).suffix.lower()
    encoding = ENCODINGS.get(declared, "utf-8-sig")
    if declared in ENCODINGS and not data.isascii() and _decodes(data, "utf-8"):
        message = "is UTF-8, although its name says GB18030"
        raise FormError(Problem(name, 0, message, f"take {declared} out of its name"))
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"byte {error.start} is not {'GB18030' if declared in ENCODINGS else 'UTF-8'}"
        remedy = "save the file as UTF-8"
        if declared not in ENCODINGS and _decodes(data, "gb18030"):
            remedy += f", or say that it is GB18030: {Path(name).stem}.gb18030{Path(name).suffix}"
        raise FormError(Problem(name, line, message, remedy)) from None
    if control := CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        message = f"control character U+{ord(control[0]):04X}"
        raise FormError(Problem(name, line, message, "remove it; is this a text file?"))
    return text


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _read_yaml(name: str, text: str) -> tuple[list[Row], list[Row]]:
    """The sources and the records of a YAML file."""
    rows = _YamlRows(name)
    root = _tree(name, text, "source and figures")
    top = root.value
    if not isinstance(top, dict) or not top:
        raise rows.refusal(root, *_without_parts(root, name))
    if unknown := [key for key in top if key not in TOP_KEYS]:
        node = Node(root.key_lines[unknown[0]], "")
        remedy = f"use {', '.join(TOP_KEYS)}"
        if meant := remedies.field_meant("file", unknown[0], TOP_KEYS):
            remedy = (
                f"write {meant}: instead of {unknown[0]}:; a file may hold {', '.join(TOP_KEYS)}"
            )
        elif unknown[0] in record_fields.names():
            remedy = "indent it: a field belongs to the entry of figures: or source: above it"
        raise rows.refusal(node, "is no part of a record file", remedy, unknown[0])
    sources: list[Row] = []
    if "source" in top:
        sources += rows.below(top["source"], "source", {}, None)
    if "sources" in top:
        for node in rows.listing(top["sources"], "sources"):
            sources += rows.below(node, "a source", {}, None)
    records: list[Row] = []
    if "figures" in top:
        if "source" not in top:
            remedy = f"write above them: {_source_line(name)}"
            if len(sources) == 1:
                fields = ", ".join(f"{key}: {_quoted(t)}" for key, t in sources[0].fields.items())
                remedy = f"write instead of sources: source: {{{fields}}}"
            raise rows.refusal(top["figures"], "figures without a source", remedy)
        implied = {"source": (sources[0].fields.get("id", ""), root.key_lines["source"])}
        for node in rows.listing(top["figures"], "figures"):
            records += rows.below(node, "a figure", implied, None)
    return sources, records


def _without_parts(root: Node, name: str) -> tuple[str, str]:
    """What is wrong with a file that is no mapping, or an empty one, and the remedy."""
    if isinstance(root.value, list) and any(isinstance(node.value, dict) for node in root.value):
        message = "the file is a list: it names no source"
        return message, f"write above it: {_source_line(name)}, and the line figures:"
    if isinstance(root.value, str) and (hint := yaml_hints.for_text(root.value)):
        return hint
    return "the file holds no records", "write source: and figures:, or sources:"


def _source_line(name: str) -> str:
    """A source for a file that has none, named after it."""
    id_ = identifiers.id_like(Path(name).stem) or "ID"
    return f"source: {{id: {id_}, publisher: NAME, published: 2020-05-09}}"


class _YamlRows:
    """Makes rows of the mappings in one YAML file, and numbers them."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._places = itertools.count()

    def below(
        self, node: Node, what: str, implied: dict[str, tuple[str, int]], total: Row | None
    ) -> Iterator[Row]:
        """The row of a mapping, and the rows of the figures nested under it.

        `implied` are fields that it takes from the mapping above it, each with its line.
        """
        parts: list[Node] = []
        fields = {key: value for key, (value, _) in implied.items()}
        lines = {key: line for key, (_, line) in implied.items()}
        for key, child in self._mapping(node, what).items():
            if key == "of_which" and what == "a figure":
                parts = self.listing(child, "of_which")
            elif key == "part_of" and total:
                remedy = "take part_of out"
                raise self.refusal(child, "stands under its total already", remedy, key)
            elif key == "defaults" and what != "a figure":
                for name, value in self._mapping(child, key).items():
                    field = f"{key}.{name}"
                    fields[field] = self._text(value, field, "a default is one value")
                    lines[field] = child.key_lines[name]
            else:
                fields[key] = self._text(child, key, _single(key, child))
                lines[key] = node.key_lines[key]
        fields = _linkable(fields)
        row = Row(self._name, node.line, next(self._places), fields, lines, total)
        yield row
        for part in parts:
            of_total = {"source": implied["source"], "part_of": (fields.get("id", ""), part.line)}
            yield from self.below(part, "a figure", of_total, row)

    def _text(self, node: Node, key: str, remedy: str) -> str:
        """The text of a node. Raises FormError with that remedy for a list or mapping."""
        if not isinstance(node.value, str):
            raise self.refusal(node, "must be a single value", remedy, key)
        if not (text := node.value.strip()):
            empty = Node(node.line, "")
            raise self.refusal(empty, "is empty", "write its value or leave the field out", key)
        return text

    def listing(self, node: Node, what: str) -> list[Node]:
        """The entries of a list. Raises FormError for anything else."""
        if not isinstance(node.value, list):
            remedy = "start each entry with '- '"
            if isinstance(node.value, dict) and node.value:
                key, first = next(iter(node.value.items()))
                entry = f"id: {key}" if isinstance(first.value, dict) else f"{key}: {first.plain()}"
                remedy += f", and indent its other lines as far: - {entry}"
            raise self.refusal(node, "must be a list", remedy, what)
        return node.value

    def refusal(self, node: Node, message: str, remedy: str, key: str = "") -> FormError:
        """The error that refuses a node."""
        shown = node.value if isinstance(node.value, str) else ""
        return FormError(Problem(self._name, node.line, message, remedy, key, shown))

    def _mapping(self, node: Node, what: str) -> dict[str, Node]:
        if not isinstance(node.value, dict):
            message = f"{what} must be a mapping of field: value"
            remedy = "indent its fields"
            if isinstance(node.value, list):
                remedy = "take the '- ' before its fields away, or write sources: for several"
            elif node.value and (hint := yaml_hints.for_text(str(node.value))):
                message, remedy = hint
            raise self.refusal(node, message, remedy)
        return node.value


def _quoted(text: str) -> str:
    """A text as a value inside braces."""
    return text if re.fullmatch(r"[\w./-]+", text) else json.dumps(text, ensure_ascii=False)


def _single(key: str, node: Node) -> str:
    """The remedy for a field that holds several values where one may stand."""
    listed = [item.value for item in node.value] if isinstance(node.value, list) else []
    texts = [text for text in listed if isinstance(text, str)]
    if listed and texts == listed:
        if all(text[:1].isdigit() for text in texts):
            return f'quote it: {key}: "{",".join(texts)}"'
        return f'part the words with commas: {key}: "{", ".join(texts)}"'
    if listed and remedies.field_meant("record", key, ("of_which",)):
        return f"only of_which holds others: write of_which: instead of {key}:"
    return "only of_which holds others; part several words with commas"
