"""A load that begins before it is asked for."""

import time

import pytest

from flows import detail_preload
from warehouse.detail import format, partitions
from warehouse.detail.ingest import load
from warehouse.system.files import FormError

ROW = "2024-01,CN,exports,JP,{:06},total,CNY,1,2"


@pytest.fixture
def loading(tmp_path):
    """How so many rows would be loaded into a home."""

    def rows(count):
        path = tmp_path / "detail.csv"
        header = "period,area,flow,partner,product,regime,unit,value,weight"
        path.write_text("\n".join([header, *map(ROW.format, range(count))]) + "\n")

        def read(progress):
            return load(
                tmp_path / "home", [path], format.read("generic"), "test", progress=progress
            )

        return read

    return rows


def test_what_was_begun_is_asked_for_once(loading, tmp_path):
    with detail_preload.begun(loading(10)):
        assert detail_preload.outcome().files[0].accepted == 10
        assert detail_preload.outcome() is None
    assert [part.rows for part in partitions.current(tmp_path / "home")] == [10]


def test_what_cannot_be_loaded_is_told_to_who_asks(loading):
    with detail_preload.begun(loading(0)), pytest.raises(FormError, match="no row holds a number"):
        detail_preload.outcome()
    assert detail_preload.outcome() is None


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_what_nobody_waits_for_is_stopped_and_leaves_nothing(error, loading, tmp_path):
    read = loading(1_500_000)
    begin = time.monotonic()
    whole = read(lambda done, expected: None)
    taken = time.monotonic() - begin
    begin = time.monotonic()
    with pytest.raises(error), detail_preload.begun(read):
        raise error
    assert time.monotonic() - begin < taken
    assert [part.vintage for part in partitions.current(tmp_path / "home")] == [whole.vintage]
    assert [path.name for path in (tmp_path / "home/detail/test").glob(".stg*")] == []
