"""What resembles a name that no code list has, and how to add it.

Belongs here: the nearest names, and the command that adds a code. Does not belong here: what a
name means (codes.py).
"""

from __future__ import annotations

import difflib
import re
import shlex
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import takewhile

from warehouse import project
from warehouse.system import csv_table
from warehouse.terms.code_rows import NEEDED, normalise

_NATIONS = ("nation", "country")
# How alike two names must be: letters say less than characters do.
_ALIKE = {"LATIN": 0.7, "CYRILLIC": 0.7, "GREEK": 0.7, "ARABIC": 0.7}
_ALIKE_ENOUGH = 0.8
_LANGUAGES = {
    "CJK": "zh",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CYRILLIC": "ru",
    "ARABIC": "ar",
    "THAI": "th",
    "DEVANAGARI": "hi",
}
# Letters of other alphabets, and the Latin ones that they look like.
_LOOKALIKES = str.maketrans("авсенкмортухѕіј", "abcehkmoptyxsij")
_FEW = 10  # codes of a list that are all said
_CLOSED = ("flows", "growth_bases")  # the rules understand each of their codes
_MOST = 60  # characters of a text that may be a name


def nearest(
    text: str, spellings: Mapping[str, tuple[str, str]], kinds: Mapping[str, str]
) -> list[str]:
    """Up to three spellings that are like a text, each of another code, the most alike first.

    Only names in the same script are like it. Of names as like as each other, a nation's is first.
    """
    sought = normalise(text)
    if not sought or len(sought) > _MOST:
        return []
    if _is_mixed(sought):
        sought = sought.translate(_LOOKALIKES)
        if sought in spellings:
            return [spellings[sought][1]]
    script = _script(sought)
    # Nothing is like a code or an abbreviation but what it stands for: N/A is not Namibia.
    least = 3 if script in _ALIKE else 1
    keys = [key for key in spellings if len(key) >= least and _script(key) == script]
    # A spelling that begins or ends with the text ("Fuzhou (Fujian)") is nearer than one that
    # only resembles it ("Xuzhou").
    whole = len(sought) >= least
    ends = [key for key in keys if whole and (key.startswith(sought) or key.endswith(sought))]
    is_code = any(map(str.isdigit, sought))
    cutoff = 0.5 if is_code else _ALIKE.get(script, 0.5)
    if script in _ALIKE:  # comparing all of them letter by letter would take a while
        most, letters = (2 / cutoff - 1) * len(sought), set(sought)
        keys = [
            key
            for key in keys
            if len(key) <= most and 2 * len(letters.intersection(key)) >= len(letters)
        ]
    # Several spellings of one row may be near: ask for more than three, keep one a row.
    resembling = difflib.get_close_matches(sought, keys, n=12, cutoff=cutoff)
    likeness = {key: difflib.SequenceMatcher(a=key, b=sought).ratio() for key in resembling}

    def rank(key: str) -> tuple[float, ...]:
        code = spellings[key][0]
        begins = _begins_alike(key, sought) if is_code else 0
        return -begins, -round(likeness[key], 1), kinds.get(code) not in _NATIONS

    # What is seldom asked for must be more like it.
    resembling = [
        key for key in resembling if spellings[key][0] in kinds or likeness[key] >= _ALIKE_ENOUGH
    ]
    found: dict[str, str] = {}
    for key in (*sorted(ends, key=len), *sorted(resembling, key=rank)):
        code, spelling = spellings[key]
        found.setdefault(code, spelling)
    return list(found.values())[:3]


def _begins_alike(key: str, sought: str) -> int:
    """How many characters both begin with."""
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(key, sought, strict=False))
    return sum(1 for _ in alike)


def remedy(
    list_name: str,
    text: str,
    suggestions: list[str],
    known: Sequence[str] = (),
    option: str = "--alias",
) -> str:
    """What to do about a name that a list does not have; the command in it works as pasted.

    `known` are the codes of the list, that of the first suggestion first, and `option` gives it a
    further name.
    """
    if otherwise := _said_otherwise().get((list_name, normalise(text))):
        return otherwise
    command = add_command(list_name, text)
    few = len(known) <= _FEW
    listed = f": {', '.join(sorted(known))}" if few else ""
    near = f" (nearest: {', '.join(suggestions)})" if suggestions else ""
    write = f"write a code or name of codes/{list_name}.csv{listed}{near}"
    if command and few and suggestions:
        naming = f"crossfoot codes add {list_name} {known[0]} {option} {_name_option(text)}"
        write += f"; if it means {known[0]}: {naming}"
    # A code of one's own would be checked against none that the rules understand.
    return f"{write}, or add it: {command}" if command and list_name not in _CLOSED else write


def _name_option(text: str) -> str:
    return shlex.quote(" ".join(text.split()))


@project.cached
def _said_otherwise() -> dict[tuple[str, str], str]:
    """What to write for names that are no codes, but are said by several fields: a deficit."""
    return {
        (row["list"], normalise(name)): row["remedy"]
        for row in csv_table.packaged(project.file("codes", "said_otherwise.csv"))
        for name in row["names"].split(";")
    }


def add_command(list_name: str, text: str) -> str:
    """The command that adds a code of this name to the project's list; '' for what is no name."""
    name = " ".join(text.split())
    if not name or len(name) > _MOST or not name.isprintable() or _is_mixed(name):
        return ""
    if not name[0].isalnum():
        return ""
    code = _code(list_name, name)
    option = f"--name-{_LANGUAGES.get(_script(name), 'en')}"
    if not code:
        return ""
    needed = NEEDED.get(list_name, {}).items()
    cells = "".join(f" --set {column}={cell.format(code=code)}" for column, cell in needed)
    return f"crossfoot codes add {list_name} {code} {option} {_name_option(name)}{cells}"


def _code(list_name: str, name: str) -> str:
    """A code for a name: its letters and digits, joined by '-'."""
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(character for character in plain if not "\u0300" <= character <= "\u036f")
    words = re.findall(r"\w+", unicodedata.normalize("NFC", plain).replace("_", " "))
    code = "-".join(words)[:30].strip("-")
    in_capitals = list_name in ("geographies", "products", "units")
    # More than two letters: those of two are ISO's, and mean what they mean there.
    code = code.upper() if in_capitals else code.lower()
    return f"{code}-X" if 0 < len(code) < 3 and in_capitals and code.isascii() else code


def _is_mixed(text: str) -> bool:
    """Whether letters of several alphabets stand side by side, some for their likes: С for C."""
    scripts = {_script(character) for character in text}
    return len(scripts & {"LATIN", "CYRILLIC", "GREEK"}) > 1


def _script(text: str) -> str:
    """The script of the first letter: 'LATIN', 'CJK', …; '' where there is none."""
    for character in text:
        if character.isascii():
            if character.isalpha():
                return "LATIN"
        elif character.isalpha():
            return unicodedata.name(character, "").partition(" ")[0]
    return ""
