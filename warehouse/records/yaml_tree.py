"""YAML as a tree of texts, each with its line.

PyYAML's own constructors would merge duplicate keys silently, expand aliases without limit, and
turn text into dates, floats and truth values: `NO` is Norway. Belongs here: parsing a document, and
refusing the parts of YAML that surprise. Does not belong here: reading the file, and what its keys
mean (reading.py, detail/format.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml

from warehouse.records.sheets import CONTROL, MAX_TEXT, Malformed

MAX_DEPTH = 20  # of nesting; a sentence nests three or four deep

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Node:
    """A value: text, a list or a mapping, and the line it starts on."""

    line: int
    value: str | list[Node] | dict[str, Node]
    key_lines: dict[str, int] = field(default_factory=dict)

    def plain(self) -> Any:
        """The value as texts, lists and dicts alone."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def find(self, path: Iterable[str | int]) -> tuple[int, str]:
        """The line of the node at a path of keys and indices, and its text if it is a text.

        Where there is no such node, the line of the last one on the way to it.
        """
        node, line = self, self.line
        for step in path:
            if isinstance(node.value, dict) and str(step) in node.value:
                line = node.key_lines[str(step)]
                node = node.value[str(step)]
            elif isinstance(node.value, list) and isinstance(step, int):
                node = node.value[step]
                line = node.line
            else:
                return line, ""
        return line, node.value if isinstance(node.value, str) else ""


def read(text: str, holds: str) -> Node:
    """The tree of a document; `holds` says what it should hold. Raises Malformed."""
    try:
        return _Reader(text).read(holds)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        remedy = "check indentation, colons and quotes on this line and the one before"
        raise Malformed(line, f"not well-formed YAML: {error.problem}", remedy) from None
    except yaml.YAMLError as error:
        message = f"not well-formed YAML: {str(error).splitlines()[0]}"
        raise Malformed(0, message, "save it as plain UTF-8") from None


class _Reader:
    """Builds a tree from the events of one document."""

    def __init__(self, text: str) -> None:
        self._events = yaml.parse(text, Loader=_Loader)

    def read(self, holds: str) -> Node:
        for expected in (yaml.StreamStartEvent, yaml.DocumentStartEvent):
            event = self._next()
            if not isinstance(event, expected):
                raise _fail(event, "the file is empty", f"write {holds}")
        node = self._node(self._next(), 0)
        self._next()
        event = self._next()
        if not isinstance(event, yaml.StreamEndEvent):
            raise _fail(event, "a second document", "keep one document in a file")
        return node

    def _next(self) -> yaml.Event:
        event: yaml.Event = next(self._events)
        return event

    def _node(self, event: yaml.Event, depth: int, field: str = "") -> Node:
        if anchor := getattr(event, "anchor", None):
            message = "anchors and aliases are not allowed"
            raise _fail(event, message, "write the value out", field, anchor)
        if tag := getattr(event, "tag", None):
            raise _fail(event, "tags are not allowed", "remove the tag", field, tag)
        if depth > MAX_DEPTH:
            raise _fail(event, f"nested more than {MAX_DEPTH} deep", "nest it less deep")
        line = _line(event)
        if isinstance(event, yaml.ScalarEvent):
            if len(event.value) > MAX_TEXT:
                message = f"{len(event.value):,} characters is more than {MAX_TEXT:,}"
                raise _fail(event, message, "shorten it", field, event.value[:40] + "…")
            if control := CONTROL.search(event.value):
                message = f"control character U+{ord(control[0]):04X}"
                raise _fail(event, message, "remove it", field, event.value[:40])
            return Node(line, event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Node] = []
            while not isinstance(event := self._next(), yaml.SequenceEndEvent):
                items.append(self._node(event, depth + 1))
            return Node(line, items)
        fields: dict[str, Node] = {}
        key_lines: dict[str, int] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            if not isinstance(key.value, str) or not key.value.strip() or key.value == "<<":
                raise _fail(event, "a key must be a plain word", "write field: value")
            if key.value in fields:
                raise _fail(event, "stands twice in one mapping", "keep one", key.value)
            fields[key.value] = self._node(self._next(), depth + 1, key.value)
            key_lines[key.value] = key.line
        return Node(line, fields, key_lines)


def _fail(
    event: yaml.Event, message: str, remedy: str, field: str = "", value: str = ""
) -> Malformed:
    return Malformed(_line(event), message, remedy, field, value)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0
