"""Causes: what is wrong in many places for one reason, in one message with its count.

Belongs here: what makes messages alike, and how their places are named together. Does not belong
here: what is wrong (the modules that read files). Whatever programs read keeps every place.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Protocol

_NAMED = 3  # places that are named after the first


class Placed(Protocol):
    """Something to say of one place in a file."""

    @property
    def file(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def cause(self) -> Hashable:
        """Equal for whatever has the same reason and the same remedy."""

    def of_many(self, count: int) -> str:
        """What is said of so many places with this cause, without the places."""


def messages(placed: Iterable[Placed]) -> list[str]:
    """One message for each cause, in the order in which they come first.

    A message of several places names the first, up to three more, and every other file once.
    """
    alike: dict[Hashable, list[Placed]] = {}
    for item in placed:
        alike.setdefault((type(item), item.cause), []).append(item)
    return [str(items[0]) if len(items) == 1 else _of_several(items) for items in alike.values()]


def _of_several(items: list[Placed]) -> str:
    places_of: dict[str, Placed] = {}
    for item in items:
        places_of.setdefault(place(item), item)
    first, *others = places_of.values()
    text = f"{place(first)}: {first.of_many(len(items))}"
    if not others:
        return text
    named = others[:_NAMED]
    if all(item.file == first.file and item.line for item in named):
        lines = ", ".join(str(item.line) for item in named)
        places = f"line {lines}" if len(named) == 1 else f"lines {lines}"
    else:
        places = ", ".join(map(place, named))
    if more := len(others) - len(named):
        places += f" and {more} more"
    seen = {item.file for item in (first, *named)}
    if files := dict.fromkeys(item.file for item in others if item.file not in seen):
        places += f", in {', '.join(files)} too"
    return f"{text} (also {places})"


def place(item: Placed) -> str:
    """`file:line`, or the file where it is said of the file as a whole."""
    return f"{item.file}:{item.line}" if item.line else item.file
