"""The terminal: how outcomes, findings, changes and answers to queries look to a person.

Belongs here: words, tables and colours. Does not belong here: arguments (the modules of the
commands), and the content of what is shown.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from expectations.rules.figure_rules import Finding, counted
from flows.process import streams
from flows.process.failures import UNUSABLE, WITHHELD
from warehouse.exchange.export import REPORT
from warehouse.system import causes

if TYPE_CHECKING:
    from expectations.causes import Cause
    from expectations.check import Checked
    from flows.outcome import Outcome
    from warehouse.release.changes import Changes

LISTED = 20  # changes of a kind, and notices


class Screen(Console):
    """A console on which text is shown and never obeyed: no markup, no control characters.

    A reader that has seen enough, such as head, stops nothing: a run ends as it would.
    """

    def __init__(self, stderr: bool = False, width: int | None = None) -> None:
        super().__init__(
            stderr=stderr, width=width, markup=False, emoji=False, highlight=False, soft_wrap=True
        )

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterator[Segment]:
        """What is printed, piece by piece; Rich's own control codes are pieces by themselves."""
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else streams.visible(text), style, control)

    def render_str(self, text: str, **options: Any) -> Text:
        """Text made visible before it is laid out, so that its cell has room for it."""
        return super().render_str(streams.visible(text), **options)

    def on_broken_pipe(self) -> None:
        """Print nothing more."""
        self.quiet = True
        streams.forsake_output()


# Where nobody looks at a screen, nothing is wrapped or cut to its width.
out = Screen(width=None if sys.stdout.isatty() else 10_000)
err = Screen(stderr=True)


def print_error(message: str) -> None:
    """A failure, on stderr."""
    err.print(Text.assemble(("error: ", "bold red"), message))


def from_here(path: Path) -> Path:
    """A path as it is shortest to type: from the working directory on where it lies below that."""
    with suppress(OSError, ValueError):
        return path.relative_to(Path.cwd())
    return path


def print_notices(notices: Iterable[str]) -> None:
    """What is no error but should be known, on stderr."""
    for notice in notices:
        err.print(Text.assemble(("note: ", "bold yellow"), notice))


class Progress(logging.Handler):
    """Shows each step of a run on stderr as it is done."""

    def emit(self, record: logging.LogRecord) -> None:
        err.print(Text.assemble(("· ", "dim"), record.getMessage()))


def print_checked(checked: Checked) -> None:
    """What a curator's check found, file by file and figure by figure."""
    for message in causes.messages((*checked.batch.problems, *checked.batch.quarantined)):
        err.print(Text(message))
    for lapsed in checked.assessment.lapsed:
        err.print(Text(str(lapsed)))
    print_findings(checked.assessment.findings, checked.assessment.causes)
    for omission in checked.assessment.joint.omissions():
        out.print(Text(omission))
    if not checked.batch.figures and not checked.batch.rejected:
        err.print("no figure is left to check; give files with figures whose periods had ended")
    counts = checked.batch.totals()
    drafts = sum(figure.record.review is not None for figure in checked.batch.figures)
    out.print(
        ", ".join(f"{count} {fate}" for fate, count in counts.items())
        + f"; {counted(checked.assessment.findings)}"
        + (f"; {drafts} drafts to review" if drafts else "")
    )


def print_outcome(outcome: Outcome) -> None:
    """How a run ended: findings, what changed where it was asked for, and the verdict."""
    for problem in outcome.problems:
        err.print(Text(problem))
    for notice in outcome.notices[:LISTED]:
        err.print(Text(notice))
    if len(outcome.notices) > LISTED:
        err.print(f"and {len(outcome.notices) - LISTED} more such notices")
    print_findings(outcome.findings, outcome.causes)
    if outcome.dry:
        print_changes(outcome.changes)
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    colour = "bold green" if outcome.verdict == "publish" else "bold red"
    table.add_row("verdict", Text(outcome.verdict, style=colour))
    table.add_row("figures", str(outcome.figures))
    if outcome.verdict == "unusable":
        table.add_row("problems", str(len(outcome.problems)))
    else:
        table.add_row("findings", counted(outcome.findings, len(outcome.problems)))
    if outcome.release:
        label = "release" if outcome.verdict == "publish" else "kept aside"
        release = from_here(outcome.release)
        table.add_row(label, Text(str(release)))
        table.add_row("report", Text(str(release / REPORT)))
    out.print(table)
    if outcome.dry or outcome.verdict != "publish":
        err.print("Nothing was published; what readers see is unchanged.")


def print_changes(changes: Changes | None) -> None:
    """What one release says that another does not; None where there was no other."""
    if changes is None:
        out.print("Nothing is published yet: all of it is new.")
        return
    if changes.is_empty:
        out.print("Nothing differs.")
        return
    kinds = {
        "figures added": changes.figures_added,
        "figures removed": changes.figures_removed,
        "figures revised": changes.figures_revised,
        "findings opened": changes.findings_opened,
        "findings closed": changes.findings_closed,
        "findings changed": changes.findings_changed,
        "periods of detail replaced": changes.detail_replaced,
        "views with other columns": changes.views_changed,
    }
    for heading, listed in kinds.items():
        if listed:
            out.print(Text(f"{len(listed)} {heading}", style="bold"))
            for change in listed[:LISTED]:
                out.print(Text(f"  {change}"))
            if len(listed) > LISTED:
                out.print(f"  and {len(listed) - LISTED} more")
    if changes.views_moved:
        out.print(Text("views moved", style="bold"))
        for view in changes.views_moved:
            out.print(Text(f"  {view}"))


def print_findings(findings: Sequence[Finding], causes: Sequence[Cause]) -> None:
    """Each cause once, with its findings beneath; then the findings that have none."""
    for cause in causes:
        _print_cause(cause)
    for finding in findings:
        if finding.cause is None:
            print_finding(finding)


def _print_cause(cause: Cause) -> None:
    """Its title, a line for each finding, and the slips that would explain it."""
    reviewers = dict.fromkeys(f.acknowledged_by for f in cause.findings if f.acknowledged_by)
    by = "" if cause.withholds else f", acknowledged by {', '.join(reviewers)}"
    colour = "bold red" if cause.withholds else "bold yellow"
    out.print(Text.assemble(("error", colour), f" [{cause.id}] {cause.title}{by}"))
    for finding in cause.findings:
        accepted = f", acknowledged by {finding.acknowledged_by}" if finding.acknowledged_by else ""
        kind = "" if finding.severity == "error" else f"{finding.severity} "
        out.print(Text(f"  {kind}{finding.rule} [{finding.id}]{accepted}: {finding.message}"))
    if cause.slips:
        out.print(Text("  one slip would explain it:"))
    for slip in cause.slips:
        out.print(Text(f"    {slip}"))


def print_finding(finding: Finding) -> None:
    """One finding, unless it is for information only: the report has those."""
    if finding.severity == "info":
        return
    colour = "bold red" if finding.withholds else "bold yellow"
    by = f", acknowledged by {finding.acknowledged_by}" if finding.acknowledged_by else ""
    out.print(Text.assemble((finding.severity, colour), f" {finding.rule} [{finding.id}]{by}"))
    out.print(Text(f"  {finding.message}"))


def print_rule_outcomes(rules: Sequence[Mapping[str, Any]]) -> None:
    """How often each rule on customs detail held, did not, and could not be checked."""
    table = Table(box=None, header_style="bold")
    table.add_column("rule")
    for column in ("passed", "failed", "not checkable"):
        table.add_column(column, justify="right")
    for rule in rules:
        colour = ("bold red" if rule["severity"] == "error" else "yellow") if rule["failed"] else ""
        table.add_row(
            Text(str(rule["rule_id"]), style=colour),
            f"{rule['passed']:,}",
            Text(f"{rule['failed']:,}", style=colour),
            f"{rule['not_checkable']:,}",
        )
    out.print(table)


def print_draft_check(checked: Checked, what_next: str) -> None:
    """What the check of a draft found, and what comes next."""
    for message in causes.messages(checked.batch.problems):
        out.print(Text(message, style="red"))
    for message in causes.messages(checked.batch.quarantined):
        out.print(Text(message))
    for finding in checked.assessment.findings:
        if finding.severity != "info":
            out.print(Text(f"{finding.severity} {finding.rule}: {finding.message}"))
    out.print(f"checked: {counted(checked.assessment.findings)}")
    out.print(Text(what_next, style="dim"))


def exit_code(checked: Checked) -> int:
    """What a command that checked records ends with."""
    return UNUSABLE if checked.unusable else WITHHELD if checked.contradicted else 0
