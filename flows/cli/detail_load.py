"""`crossfoot detail load`: customs detail into the home."""

from __future__ import annotations

import time

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from flows.cli.detail_options import SHOWN, Dataset, Encoding, Files, Form, Given, loading
from flows.cli.options import Home
from flows.cli.terminal import err, out
from flows.settings import Settings


def command(
    files: Files,
    form: Form = "generic",
    dataset: Dataset = None,
    given: Given = None,
    encoding: Encoding = None,
    home: Home = None,
) -> None:
    """Load files; every month they speak of is replaced, as a whole, by a new vintage.

    Rows that cannot be used are set aside with line and reason; a file with more than one in a
    hundred of them is refused, and changes nothing.

    [dim]Examples:[/]

      crossfoot detail load full_v2_202401.dat --format comext

      crossfoot detail load 出口.csv --format china-customs --set flow=exports
    """
    settings = Settings.given(home=home)
    start = time.monotonic()
    with Progress(
        TextColumn("loading"),
        BarColumn(),
        TextColumn("{task.completed:,} rows, {task.fields[speed]:,} rows/s"),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,  # it would print an empty line
    ) as bar:
        task = bar.add_task("load", total=None, speed=0)

        def progress(done: int, expected: int) -> None:
            speed = round(done / max(time.monotonic() - start, 1e-3))
            bar.update(task, completed=done, total=expected, speed=speed)

        done = loading(settings, files, form, dataset, given, encoding)(progress)
    for problem in done.problems[:SHOWN]:
        err.print(Text(str(problem)))
    if len(done.problems) > SHOWN:
        err.print(f"… and {len(done.problems) - SHOWN} more, in loads/{done.vintage}/")
    seconds = time.monotonic() - start
    for file in done.files:
        out.print(
            f"{file.file}: {file.read:,} read, {file.accepted:,} accepted, "
            f"{file.blank:,} blank, {file.quarantined:,} quarantined"
            + (f", {file.left_out:,} left out" if file.left_out else "")
        )
    rows = sum(file.read for file in done.files)
    now = {part.period: part for part in done.partitions}
    for part in done.replaced[:SHOWN]:
        row_counts = f"rows: {part.rows:,} before, {now[part.period].rows:,} now"
        out.print(f"{part.name}: replaces vintage {part.vintage} ({row_counts})")
    if len(done.replaced) > SHOWN:
        out.print(f"… and {len(done.replaced) - SHOWN} more vintages are replaced")
    out.print(
        f"{done.dataset}: {len(done.partitions)} periods in vintage {done.vintage}; "
        f"{seconds:.1f} s, {rows / seconds:,.0f} rows/s"
    )
