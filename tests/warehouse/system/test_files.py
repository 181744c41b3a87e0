"""Files that are read whole: those that have no end, change meanwhile, or are no text."""

import json
import os
import threading
from contextlib import suppress

import pytest

from tests.helpers.detail_rows import as_csv, loaded_file
from warehouse.system import files
from warehouse.system.files import FormError


@pytest.mark.parametrize(
    ("lay", "told"),
    [
        (os.mkfifo, "cannot be read: not a regular file"),
        (lambda path: path.mkdir(), "cannot be read: not a regular file"),
        (lambda path: path.symlink_to("/dev/zero"), "cannot be read: not a regular file"),
        (lambda path: path.symlink_to("/proc/self/mem"), "cannot be read: Input/output error"),
        (lambda path: path.symlink_to(path), "cannot be read: Too many levels of symbolic links"),
        (lambda path: None, "cannot be read: No such file or directory"),
        (lambda path: path.write_bytes(bytes(101)), "101 bytes is more than the limit of 100"),
    ],
)
def test_what_is_no_file_of_the_size_is_refused(lay, told, tmp_path):
    lay(tmp_path / "file")
    with pytest.raises(FormError) as refused:
        files.content(tmp_path / "file", 100)
    assert refused.value.problem.message == told
    assert str(tmp_path / "file") in str(refused.value)


def test_a_file_without_a_size_is_read_to_the_limit_and_no_further(tmp_path):
    """As those of /proc, which claim to be empty."""
    (tmp_path / "file").symlink_to("/proc/self/maps")
    with pytest.raises(FormError, match=r"11 bytes is more than the limit of 10"):
        files.content(tmp_path / "file", 10)


def test_a_file_that_grows_while_it_is_read_has_an_end(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"x")
    done = threading.Event()

    def grow():
        with path.open("ab", buffering=0) as file:
            while not done.is_set():
                file.write(bytes(1 << 16))
                if file.tell() > 64 << 20:
                    file.truncate(0)

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        for _ in range(50):
            with suppress(FormError):  # more than the limit
                assert len(files.content(path, 1 << 20)) <= 1 << 20
    finally:
        done.set()
        writer.join()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "is damaged: Expecting value"),
        (b"{", "is damaged: Expecting property name"),
        (b"[1]", "is damaged: is no object"),
        (b'{"periods": 1}', "is damaged: lacks periods"),
        (b"{}", "is damaged: lacks periods"),
        (b"\xff\xfe\x00", "is damaged: 'utf-16"),
        (b'{"periods": ' + b"[" * 100_000, "is damaged: maximum recursion depth"),
        (b'{"periods": ' + b"1" * 5_000 + b"}", "is damaged: Exceeds the limit"),
    ],
)
def test_a_damaged_document_is_told_with_a_remedy(data, told, tmp_path):
    path = tmp_path / "load.json"
    path.write_bytes(data)
    with pytest.raises(FormError) as refused:
        files.document(path, {"periods": dict})
    assert refused.value.problem.message.startswith(told)
    assert refused.value.problem.remedy == "restore it from a copy, or make it anew"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda document: "",
        lambda document: [],
        lambda document: {"periods": 1},
        lambda document: document | {"periods": {}},
        lambda document: document | {"periods": {"2024-01": "x"}},
        lambda document: document | {"periods": {"2024-01": 10**30}},
        lambda document: document | {"files": [1]},
        lambda document: document | {"files": [{}]},
        lambda document: document | {"files": [document["files"][0] | {"read": "x"}]},
        lambda document: document | {"sha256": "x"},
    ],
)
def test_a_load_whose_document_is_damaged_is_told_in_words(spoil, tmp_path, crossfoot):
    path = as_csv(tmp_path / "rows.csv", [{}])
    loaded_file(tmp_path, path)
    (document,) = tmp_path.rglob("load.json")
    document.write_text(json.dumps(spoil(json.loads(document.read_text()))))
    done = crossfoot("detail", "check", "--home", tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {document}: is damaged: ")
    assert "Traceback" not in done.stderr


def test_a_checksum_is_read_as_strictly_as_what_it_is_of(tmp_path, crossfoot):
    (tmp_path / "figures.parquet").write_bytes(b"PAR1")
    (tmp_path / "figures.parquet.sha256").write_bytes(bytes(9 << 20))
    done = crossfoot("check", tmp_path / "figures.parquet")
    assert done.returncode == 2
    assert "figures.parquet.sha256: 9,437,184 bytes is more than the limit" in done.stderr
