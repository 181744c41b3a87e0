"""YAML as a tree of texts, each with its line.

PyYAML's own constructors would merge duplicate keys silently, expand aliases without limit, and
turn text into dates, floats and truth values: `NO` is Norway. Belongs here: parsing a document, and
refusing the parts of YAML that surprise. Does not belong here: reading the file, and what its keys
mean (reading.py, detail/format.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml

from warehouse.records import yaml_hints
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
        start = error.context_mark
        hint = yaml_hints.for_error(
            _lines(text),
            mark.line + 1 if mark else 0,
            start.line + 1 if start else 0,
            f"{error.context or ''}: {error.problem}",
        )
        message = f"not well-formed YAML: {hint.message or error.problem}"
        raise Malformed(hint.line, message, hint.remedy) from None
    except yaml.YAMLError as error:
        message = f"not well-formed YAML: {str(error).splitlines()[0]}"
        raise Malformed(0, message, "save it as plain UTF-8") from None


class _Reader:
    """Builds a tree from the events of one document."""

    def __init__(self, text: str) -> None:
        self._text = text
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

    def _next(self) -> Any:
        event: Any = next(self._events)
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
            first: Any = None  # of items that only a comma parts: 1,52,345
            before: Any = None
            while not isinstance(event := self._next(), yaml.SequenceEndEvent):
                if not (before and _continues(before, event)):
                    first = event
                elif not event.value.isdigit():
                    raise self._parted(first, event.value, field)
                items.append(self._node(event, depth + 1))
                before = event if _is_plain(event) else None
            return Node(line, items)
        return self._mapping(event, depth)

    def _mapping(self, start: yaml.Event, depth: int) -> Node:
        fields: dict[str, Node] = {}
        key_lines: dict[str, int] = {}
        before: Any = None  # the value before, if it is plain text, and its key
        key_before = ""
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key_event = event
            key = self._node(event, depth + 1)
            if not isinstance(key.value, str) or not key.value.strip() or key.value == "<<":
                raise _fail(event, "a key must be a plain word", "write field: value")
            event = self._next()
            if _is_nothing(event):
                self._check_lone_key(key_event, key.value, key_before, before)
            if key.value in fields:
                raise _fail(key_event, "stands twice in one mapping", "keep one", key.value)
            fields[key.value] = self._node(event, depth + 1, key.value)
            key_lines[key.value] = key.line
            before, key_before = event if _is_plain(event) else None, key.value
        return Node(_line(start), fields, key_lines)

    def _check_lone_key(self, key: Any, text: str, key_before: str, before: Any) -> None:
        """Refuse a key without a value that is none: the rest of a number, a wide colon."""
        if not _is_plain(key):
            return
        if "：" in text and (hint := yaml_hints.for_text(_lines(self._text)[key.start_mark.line])):
            raise _fail(key, *hint)
        if before is None:
            return
        if text[0].isdigit() and before.value[-1:].isdigit():
            raise self._parted(before, text, key_before)
        if not re.fullmatch(r"\w+", text):
            message = "is parted at its comma: inside {…} a comma begins the next field"
            words = f"{before.value}, {text}".strip("“”„")
            remedy = f'quote it: {key_before}: "{words}"'
            raise _fail(before, message, remedy, key_before, words)

    def _parted(self, before: Any, rest: str, field: str) -> Malformed:
        """The error for a number of which a comma inside braces or brackets made several values."""
        line = _lines(self._text)[before.start_mark.line]
        number = yaml_hints.parted_number(line, before.start_mark.column)
        number = number or f"{before.value},{rest}"
        message = "is parted at its comma: inside {…} and […] a comma begins the next value"
        remedy = f'quote it: {field}: "{number}"' if field else f'quote it: "{number}"'
        return _fail(before, message, remedy, field, number)


def _continues(before: Any, event: Any) -> bool:
    """Whether an item of a list may be the rest of a number: 446 billion of [9,446 billion]."""
    return (
        _is_plain(event)
        and event.start_mark.index == before.end_mark.index + 1
        and before.value[-1:].isdigit()
        and event.value[:1].isdigit()
    )


def _is_plain(event: Any) -> bool:
    return isinstance(event, yaml.ScalarEvent) and not event.style


def _is_nothing(event: Any) -> bool:
    return _is_plain(event) and not event.value


def _lines(text: str) -> list[str]:
    """The lines as YAML counts them."""
    return re.split("\r\n|[\n\r\x85\u2028\u2029]", text)


def _fail(
    event: yaml.Event, message: str, remedy: str, field: str = "", value: str = ""
) -> Malformed:
    return Malformed(_line(event), message, remedy, field, value)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0
