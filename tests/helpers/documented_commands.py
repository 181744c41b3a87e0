"""Every command that the project shows: where, as it stands there, and with what output.

Found, not listed: a command that is added anywhere is tested without a word here, and so is a page
of `docs/`. Does not belong here: the files that pages show (documented_files.py).
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from unittest import mock

import typer

from flows.cli.app import crossfoot
from tests.conftest import ROOT
from tests.helpers.documented_files import ShownFile, shown_file
from warehouse import project

COMMAND = crossfoot()
README = ROOT / "README.md"
DOCUMENTS = (README, *sorted((ROOT / "docs").rglob("*.md")))
# They add commands to the project: test_howto.py carries them out, in a copy.
HOWTOS = tuple(page for page in DOCUMENTS if page.parent.name == "howto")


@dataclass(frozen=True)
class Shown:
    """A command as one pastes it, and the output that is shown below it."""

    text: str
    output: str = ""

    def __str__(self) -> str:
        return " ".join(self.text.split())


@cache
def steps(document: Path) -> tuple[Shown | ShownFile, ...]:
    """What a document has its reader do, in order: the commands of its blocks, of consoles those
    behind `$`, and the files to write.
    """
    found: list[Shown | ShownFile] = []
    text = document.read_text("utf-8")
    for fence in re.finditer(r"^```(\w*)\n(.*?)^```", text, re.S | re.M):
        kind, block = fence.groups()
        if kind == "console":
            for shown in re.split(r"^\$ ", block, flags=re.M)[1:]:
                command = _command(shown)
                found.append(Shown(command, shown[len(command) :].strip()))
        elif kind in ("sh", "bash", "shell"):
            while block := block.lstrip():
                found.append(Shown(command := _command(block)))
                block = block[len(command) :]
        elif file := shown_file(text[: fence.start()], kind, block):
            found.append(file)
    return tuple(found)


def in_document(document: Path) -> list[Shown]:
    """The commands of a document's blocks, in order."""
    return [step for step in steps(document) if isinstance(step, Shown)]


def in_readme() -> list[Shown]:
    """The commands of the README's blocks, in order."""
    return in_document(README)


def in_documents() -> list[Shown]:
    """The commands of all documents' blocks, but for those that add commands to the project."""
    documents = (document for document in DOCUMENTS if document not in HOWTOS)
    return [shown for document in documents for shown in in_document(document)]


def in_passing() -> list[Shown]:
    """The commands of Crossfoot that documents name within a sentence."""
    found = []
    for document in DOCUMENTS:
        if document not in HOWTOS:
            prose = re.sub(r"^```.*?^```", "", document.read_text("utf-8"), flags=re.S | re.M)
            spans = (" ".join(span.split()) for span in re.findall(r"`(crossfoot [^`]+)`", prose))
            found += [Shown(text) for text in spans if "…" not in text]
    return found


def in_help() -> list[Shown]:
    """The examples of every command's help."""
    texts = [COMMAND.epilog or "", *(command.help or "" for _, command in commands())]
    example = re.compile(r"^ *(crossfoot .*(?:\n {4,}.*)*)", re.M)
    return [Shown(found) for text in texts for found in example.findall(text)]


def on_page(text: str) -> list[Shown]:
    """The commands on a page of the report: what stands there in the type of code."""
    page = _Page()
    page.feed(text)
    return [Shown(code) for code in page.codes if code.startswith("crossfoot ")]


class _Page(HTMLParser):
    """The texts in the type of code on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.codes: list[str] = []
        self._open: list[bool] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in ("code", "span", "bdi"):
            is_code = tag == "code" or ("class", "code") in attributes
            if is_code and not any(self._open):
                self.codes.append("")
            self._open.append(is_code)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("code", "span", "bdi"):
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if any(self._open):
            self.codes[-1] += data


def commands(group=COMMAND, name: str = "") -> Iterator[tuple[str, typer.core.TyperCommand]]:
    """Every command by its name, `detail load` included."""
    for word in group.commands:
        command = group.get_command(None, word)
        if hasattr(command, "commands"):
            if command.invoke_without_command:
                yield name + word, command
            yield from commands(command, f"{name}{word} ")
        else:
            yield name + word, command


def parse(text: str) -> None:
    """Raises click's UsageError where a command of Crossfoot does not take these words."""
    command, words = COMMAND, words_of(text)
    assert words.pop(0) == "crossfoot"
    while words and hasattr(command, "commands"):
        name = words.pop(0)
        assert name in command.commands, f"there is no {name} in: {text}"
        command = command.get_command(None, name)
    with mock.patch.object(project, "use"):  # which a test would go on with
        command.make_context(name, words)


def words_of(text: str) -> list[str]:
    """The words of a simple command; without variables that are set for it, and redirections."""
    lexer = shlex.shlex(text.replace("\\\n", " "), posix=True, punctuation_chars="<>|&;")
    lexer.whitespace_split = True
    words = []
    for word in lexer:
        if set(word) <= set("<>|&;"):
            break
        if words or not re.match(r"\w+=", word):
            words.append(word)
    return words


def _command(text: str) -> str:
    """What a shell takes as the first command: on to the line that leaves nothing open."""
    for line_end in re.finditer(r"\n|\Z", text):
        command = text[: line_end.end()]
        try:
            shlex.split(command)
        except ValueError:  # a quote is still open
            continue
        if not command.endswith("\\\n"):
            return command
    raise AssertionError(f"a command does not end: {text}")
