"""YAML hints: what a person meant by a line that cannot be read, and the line as it should be.

The parser says where it was lost, often a line too late and in words about its own work. Belongs
here: the slips that people make in YAML by hand, each with its message and the corrected line. Does
not belong here: reading YAML (yaml_tree.py), and what its keys mean (reading.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_KEY = r"[\w.\-]+"
_START = r"^(\s*(?:- +)*)([^\W\d][\w.\-]*)"  # indentation, and the key of a line
_WIDE_COLON = re.compile(rf"{_START}\s*：\s*")
_IN_BRACES = re.compile(rf"([{{,，]\s*{_KEY})\s*：\s*")
_WIDE_COMMA = re.compile(rf"，\s*(?={_KEY}\s*[:：])")
_CURLY = re.compile(r"(:\s*|[-,\[{]\s)[“”„‟«]([^“”„‟«»\"]*)[“”„‟»](?=\s*(?:[,}\]]|$))")
_UNSPACED_COLON = re.compile(rf"{_START}:(?=[^\s:/])")
_UNSPACED_DASH = re.compile(r"^(\s*)-(?=[A-Za-z{])")
_VALUE = re.compile(rf"{_START}:[ \t]+(?P<value>[^\"'\[{{].*)$")
_NO_COMMA = re.compile(rf"(:\s+[^,{{}}\[\]:\"']+?)\s+({_KEY}:\s)")
_AFTER_QUOTE = re.compile(r":\s+([\"'])(?P<quoted>[^\"']*)\1(?P<rest>\s*[^\s,}\]#].*)$")
_UNSTARTABLE = "%@`*&"  # characters that mean something to YAML at the start of a value
_SHOWN = 160  # characters of a corrected line

# A number whose comma parted it inside {…} or […]: 9,446 billion; 12,5%; 1,52,345 crore.
_PARTED = re.compile(r"[^,{}\[\]:\"]*\d(?:\s*,\s*\d[^,{}\[\]:]*)+")


class Hint(NamedTuple):
    """The line that is to be mended, what is wrong with it, and the remedy."""

    line: int
    message: str
    remedy: str


def for_error(lines: Sequence[str], line: int, start: int, problem: str) -> Hint:
    """What to say where the parser stopped: its `problem` on `line`.

    What it was reading then began on line `start`, 0 where that is not known.
    """
    before = next((n for n in range(line - 1, 0, -1) if _text(lines, n).strip()), 0)
    first = (start, line) if "expected ':'" in problem else (line,)
    for suspect in dict.fromkeys(n for n in (*first, before, start) if n):
        text = _text(lines, suspect)
        slips = _slips(text, problem) if suspect in first else _slips_of_keys(text)
        for message, corrected in slips:
            return Hint(suspect, message, _write(corrected))
    if "quoted scalar" in problem and "end of stream" in problem:
        return Hint(line, "", f"close the quotation mark that opens in line {start}")
    if "expected ',' or" in problem and start and start != line:
        return Hint(line, "", f"close the bracket that opens in line {start}")
    if "did not find expected key" in problem or "mapping values" in problem:
        here = _indent(_text(lines, line))
        indents = {_indent(text, "- "): n for n, text in enumerate(lines[: line - 1], 1) if text}
        if indents and here not in indents:
            meant = min(indents, key=lambda indent: (abs(indent - here), -indent))
            return Hint(line, "", f"indent it by {meant} spaces, as line {indents[meant]} is")
    return Hint(line, "", "check indentation, colons and quotes on this line and the one before")


def for_text(text: str) -> tuple[str, str] | None:
    """What is wrong with a text that stands where fields should, and the remedy."""
    for message, corrected in _slips(text):
        return message, _write(corrected)
    return None


def parted_number(line: str, start: int) -> str:
    """The number that begins at `start` of a line and that commas part, '' where there is none."""
    match = _PARTED.match(line, start)
    return match[0].strip().strip("“”„") if match else ""


def _slips(text: str, problem: str = "") -> Iterator[tuple[str, str]]:
    """What may be wrong with a line by itself, each with the corrected line."""
    if (plain := _CURLY.sub(r'\1"\2"', text)) != text:
        yield "curly quotation marks do not quote", _plain(plain)
    yield from _slips_of_keys(text)
    if "expected ',' or" in problem and _NO_COMMA.search(text):
        yield "a comma is missing between two fields", _NO_COMMA.sub(r"\1, \2", text)
    if "expected key" in problem and (match := _AFTER_QUOTE.search(text)):
        value = match["quoted"] + match["rest"]
        yield (
            "text stands after the closing quote",
            text[: match.start("quoted") - 1] + _quoted(value),
        )
    if "expected key" in problem and text.count("{") < text.count("}"):
        yield "a bracket is closed that none opened", re.sub(r"\}(\s*)$", r"\1", text)
    if match := _VALUE.search(text):
        value = match["value"].partition(" #")[0].strip()
        start = text[: match.start("value")]
        if value[0] in _UNSTARTABLE:
            yield f"{value[0]} means something to YAML here", f"{start}{_quoted(value)}"
        elif ": " in value or value.endswith(":"):
            yield "a colon in a value needs quotes", f"{start}{_quoted(value)}"


def _indent(line: str, with_: str = "") -> int:
    return len(line) - len(line.lstrip(f" {with_}"))


def _slips_of_keys(text: str) -> Iterator[tuple[str, str]]:
    """Slips for which the next line is blamed."""
    indent = text[: len(text) - len(text.lstrip())]
    if "\t" in indent:
        yield "a tab indents this line", ""
    if (plain := _plain(text)) != text:
        names = {"：": "a full-width colon", "，": "a full-width comma"}
        used = [f"{m} is {name}" for m, name in names.items() if plain.count(m) < text.count(m)]
        yield " and ".join(used), plain
    if _UNSPACED_COLON.search(text):
        yield "a space is missing after the colon", _UNSPACED_COLON.sub(r"\1\2: ", text)
    if _UNSPACED_DASH.search(text):
        yield "a space is missing after the dash", _UNSPACED_DASH.sub(r"\1- ", text)


def _plain(text: str) -> str:
    """A line with YAML's own punctuation where that of full width stands for it."""
    text = _IN_BRACES.sub(r"\1: ", _WIDE_COLON.sub(r"\1\2: ", text))
    return _WIDE_COMMA.sub(", ", text) if "{" in text else text


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _text(lines: Sequence[str], line: int) -> str:
    return lines[line - 1] if 0 < line <= len(lines) else ""


def _write(line: str) -> str:
    line = line.strip()
    shown = line[:_SHOWN] + ("…" if len(line) > _SHOWN else "")
    return f"write: {shown}" if shown else "indent it with spaces, as many as the lines beside it"
