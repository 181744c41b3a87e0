"""The manifest of a release: the size and digest of each file, and a digest of the manifest itself.

Belongs here: what a manifest says, how it is read, and whether a release still matches it.
Does not belong here: where releases lie (releases.py), and when one is made (publisher.py).
"""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.release.refusal import ReleaseError, explained
from warehouse.system.files import MAX_DOCUMENT, FormError, content

if TYPE_CHECKING:
    from warehouse.release.schema import Schema

FORMAT = 3  # since 2, a manifest holds its own digest; since 3, the columns of each view
MANIFEST = "manifest.json"

_DIGEST = "sha256"  # of the manifest without it


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says: `files` maps relative names to sizes in bytes and SHA-256 digests.

    `sequence` and `previous` are those of `Release`.
    """

    sequence: int
    previous: str | None
    files: Mapping[str, tuple[int, str]]


def text(
    release: str,
    created: datetime,
    sequence: int,
    previous: str | None,
    views: Schema | None,
    files: Mapping[str, Path],
) -> str:
    """The text of the manifest of a release of `files`, each of which is read for it."""
    listed = {}
    for name, file in files.items():
        size, digest = _measure(file)
        listed[name] = {"bytes": size, "sha256": digest}
    fields = {
        "release": release,
        "created": f"{created:%FT%TZ}",
        "format": FORMAT,
        "sequence": sequence,
        "previous": previous,
        "views": {
            view: [{"name": column, "type": type_} for column, type_ in columns.items()]
            for view, columns in (views or {}).items()
        },
        "files": listed,
    }
    return to_json(fields | {_DIGEST: _digest(fields)})


def read(path: Path) -> Manifest:
    """The manifest of the release at `path`. Raises ReleaseError where it is missing or changed."""
    file = path / MANIFEST
    try:
        written = content(file, MAX_DOCUMENT).decode()
        fields = json.loads(written)
        if fields["format"] != 1 or _DIGEST in fields:
            digest = fields.pop(_DIGEST)
            if digest != _digest(fields) or written != to_json(fields | {_DIGEST: digest}):
                raise ValueError("it was changed")
        files = {name: (of["bytes"], of["sha256"]) for name, of in fields["files"].items()}
        if fields["release"] != path.name:
            raise ValueError(f"it is that of release {fields['release']}")
        if not isinstance(fields["previous"], str | None):
            raise ValueError("previous is no release")
        return Manifest(int(fields["sequence"]), fields["previous"], files)
    except (FormError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        cause = str(error)
        if isinstance(error, FormError):
            cause = error.problem.message.removeprefix("cannot be read: ")
        raise ReleaseError(
            f"{file} is unusable ({cause}); restore it from a copy, or remove {path}"
        ) from error


def verify(path: Path) -> list[str]:
    """How a release's files differ from its manifest, a line for each; empty if they match.

    Reads every byte. Raises ReleaseError where that is impossible.
    """
    try:
        listed = read(path).files
    except ReleaseError as error:
        return [str(error)]
    with explained(f"verify {path}"):
        found, _, others = tree(path)
        found.pop(MANIFEST, None)
        problems = [f"{name}: neither file nor directory" for name in others]
        for name in sorted(listed.keys() | found.keys()):
            if name not in found:
                problems.append(f"{name}: missing")
            elif name not in listed:
                problems.append(f"{name}: not in the manifest")
            elif _measure(found[name]) != listed[name]:
                problems.append(f"{name}: changed")
    return problems


def tree(path: Path) -> tuple[dict[str, Path], list[Path], list[str]]:
    """What is below a directory: files by relative name, directories, names of anything else."""
    below = sorted(path.rglob("*"))
    files = {}
    folders = []
    others = []
    for entry in below:
        mode = entry.lstat().st_mode
        if stat.S_ISREG(mode):
            files[entry.relative_to(path).as_posix()] = entry
        elif stat.S_ISDIR(mode):
            folders.append(entry)
        else:
            others.append(entry.relative_to(path).as_posix())
    return files, folders, others


def to_json(value: object) -> str:
    """JSON that is the same for the same value: keys sorted, text as it is, newline at the end."""
    return json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def _digest(fields: dict[str, object]) -> str:
    return hashlib.sha256(to_json(fields).encode()).hexdigest()


def _measure(file: Path) -> tuple[int, str]:
    """Size in bytes and SHA-256 of what is in the file."""
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256")
        return opened.tell(), digest.hexdigest()
