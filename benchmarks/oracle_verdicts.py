"""The product's answers about tables, held against the oracle's.

Belongs here: asking the product through its public doors, each comparison, and what is counted.
Does not belong here: the oracle's own statements (oracle_statements.py).
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import combinations
from typing import Any

from benchmarks.oracle_model import SURE, TINY, Model, Undecided
from benchmarks.oracle_slips import KINDS, Slip
from benchmarks.oracle_statements import Number, Statement, Statements, less
from benchmarks.oracle_tables import Series, Table
from benchmarks.real_data import in_memory
from expectations.assess import assess
from warehouse.records.acceptance import accept
from warehouse.store.database import open_memory
from warehouse.store.load import load

# Warnings that the definitions ask for: contested facts, and what lies within another untold.
ASKING = ("same-fact-agrees", "not-above")
SHOWN = 5
SIGNED = ("change", "contribution", "contribution_rate")  # may be below zero


@dataclass
class Answer:
    """What the product says of one table."""

    has_bounds: bool = False  # whether they were sought
    unread: list[str] = field(default_factory=list)
    errors: list[Any] = field(default_factory=list)
    warnings: list[Any] = field(default_factory=list)
    conflicts: list[Any] = field(default_factory=list)
    bounds: list[Any] = field(default_factory=list)
    undetermined: int = 0
    unchecked: set[str] = field(default_factory=set)
    coverage: dict[Number, str] = field(default_factory=dict)


def product_answers(tables: Sequence[Table], with_bounds: bool) -> dict[str, Answer]:
    """Read, load and assess tables, each a source of its own, as `check` does.

    Bounds take most of the time: they are sought where they are compared.
    """
    fields = [table.fields() for table in tables]
    records = [record for _, listed in fields for record in listed]
    batch = accept([in_memory([source for source, _ in fields], records)])
    answers: dict[str, Answer] = defaultdict(lambda: Answer(with_bounds))
    for row in batch.quarantined:
        answers[row.figure.split("/")[0]].unread.append(str(row))
    for problem in batch.problems:
        answers[problem.figure.split("/")[0]].unread.append(str(problem))
    with open_memory() as connection:
        load(connection, batch, release_id="oracle", comments=False)
        assessment = assess(connection, comments=False, with_bounds=with_bounds)
        rows = connection.execute("select figure_id, aspect, state from quality.coverage")
        for figure, aspect, state in rows.fetchall():
            source, id_ = figure.split("/")
            answers[source].coverage[id_, aspect] = state
    for finding in assessment.findings:
        answer = answers[finding.figures[0].split("/")[0]]
        (answer.errors if finding.severity == "error" else answer.warnings).append(finding)
    for conflict in assessment.joint.conflicts:
        answers[conflict.figures[0].split("/")[0]].conflicts.append(conflict)
    for bound in assessment.joint.bounds:
        answers[bound.source].bounds.append(bound)
    for figure in assessment.joint.undetermined:
        answers[figure.split("/")[0]].undetermined += 1
    for figure in assessment.unchecked:
        source, id_ = figure.split("/")
        answers[source].unchecked.add(id_)
    return answers


class Tally:
    """Counts of what was compared, and of what differed; the first disagreements in full."""

    def __init__(self, show: int = 0) -> None:
        self.counts = Counter[str]()
        self.wrong = Counter[str]()
        self.slips: dict[str, Counter[str]] = defaultdict(Counter)
        self.features = Counter[str]()
        self._show = show

    @property
    def is_wrong(self) -> bool:
        return bool(self.wrong)

    def fault(self, kind: str, table: Table, more: object = "") -> None:
        """Count a disagreement, and show the first ones."""
        self.wrong[kind] += 1
        if self.wrong[kind] <= self._show:
            source, records = table.fields()
            print(f"--- {kind}: {more}\nsource: {json.dumps(source, ensure_ascii=False)}\nfigures:")
            for record in records:
                print(f"  - {json.dumps(record, ensure_ascii=False)}")

    def lines(self) -> Iterator[str]:
        """The printed table."""
        for name, count in sorted(self.counts.items()):
            yield f"{name:60}{count:9,}"
        yield "disagreements"
        for name, count in sorted(self.wrong.items()):
            yield f"  {name:58}{count:9,}"
        heads = ("made", "provable", "found", "suspected", "shown", "in five", "first three")
        yield f"{'slips of one number or two':30}" + "".join(f"{head:>12}" for head in heads)
        for kind in KINDS:
            counts = self.slips[kind]
            yield f"{kind:30}" + "".join(f"{counts[head]:12,}" for head in heads)
        yield "features: " + ", ".join(f"{k} {n:,}" for k, n in sorted(self.features.items()))


def compare(table: Table, slips: list[Slip], answer: Answer, tally: Tally) -> None:
    """Hold the product's answer about one table against the oracle's, where HiGHS has one."""
    try:
        _compare(table, slips, answer, tally)
    except Undecided:
        tally.counts[f"{len(slips)} slips: HiGHS cannot tell"] += 1


def _compare(table: Table, slips: list[Slip], answer: Answer, tally: Tally) -> None:
    tally.counts[f"{len(slips)} slips: tables"] += 1
    tally.counts[f"{len(slips)} slips: figures"] += len(table.records)
    tally.features.update(table.features)
    if answer.unread:
        # A slip may leave a number that no record can hold: it is refused, and so found.
        if not slips:
            tally.fault("correct, but not read", table, answer.unread[0])
        tally.counts[f"{len(slips)} slips: refused as read"] += 1
        return
    model = Model(Statements(table))
    least = model.least()
    found = bool(answer.errors or answer.conflicts)
    asked = [w for w in answer.warnings if w.rule.startswith(ASKING) or ASKING[1] in w.rule]
    if answer.undetermined:
        tally.fault("undetermined", table)
    contested = {record.id for record in table.records if record.is_contested}
    if not slips:
        if found and contested and is_slip_between(contested, answer):
            tally.counts["0 slips: contested, and taken for a slip"] += 1
        elif found:
            tally.fault("correct, but an error", table, messages(answer))
        elif contested and not asked:
            tally.fault("contested, and nobody asked", table, contested)
        elif least > TINY:
            tally.fault("the oracle is wrong of a correct table", table, least)
        elif answer.has_bounds:
            compare_coverage(table, model, answer, tally)
            compare_bounds(table, model, answer, tally)
        return
    if TINY < least < SURE:
        tally.counts[f"{len(slips)} slips: too close to tell"] += 1
        return
    provable = least >= SURE
    tally.counts[f"{len(slips)} slips: provable"] += provable
    if len(slips) == 1:
        tally.slips[slips[0].kind]["made"] += 1
    if not provable:
        if found:
            tally.fault(
                f"found, but the oracle sees none: {slips[0].kind}", table, messages(answer)
            )
        untold = Model(Statements(table, with_untold=True)).least() >= SURE
        if untold and not found:
            tally.counts["provable by what nobody told"] += 1
            if not asked:
                tally.fault("nobody told, and nobody asked", table, slips)
        return
    if not (found or asked):
        tally.fault(f"provable, not found: {slips[0].kind}", table, (least, slips))
    else:
        compare_conflicts(table, slips, model, answer, tally)
    if len(slips) == 1:
        compare_slip(table, slips[0], answer, tally)


def is_slip_between(figures: set[str], answer: Answer) -> bool:
    """Whether a slip is shown that would lead from one of some figures to another."""
    repairs = [repair for conflict in answer.conflicts for repair in conflict.repairs]
    return any(figures >= {local(n)[0] for n in repair.numbers} for repair in repairs)


def messages(answer: Answer) -> str:
    """What the product says, in short."""
    messages = [f"{error.rule}: {error.message}" for error in answer.errors[:2]]
    return "; ".join(messages) or str([c.figures for c in answer.conflicts[:2]])


def local(suspect: Any) -> Number:
    """A suspect without its source."""
    return suspect.figure.split("/")[1], suspect.aspect


def compare_conflicts(
    table: Table, slips: list[Slip], model: Model, answer: Answer, tally: Tally
) -> None:
    """Explanations explain, are minimal, and settle."""
    if not answer.conflicts:
        return
    listed = [
        [frozenset(map(local, explanation)) for explanation in conflict.explanations]
        for conflict in answer.conflicts
    ]
    for place, conflict in enumerate(answer.conflicts):
        tally.counts["conflicts"] += 1
        others = {n for i, e in enumerate(listed) if i != place and e for n in e[0]}
        for explanation, numbers in list(zip(conflict.explanations, listed[place], strict=True))[
            :6
        ]:
            tally.counts["explanations"] += 1
            if model.least(numbers | others) > SURE:
                tally.fault("an explanation does not explain", table, numbers)
                continue
            one_figure = len({figure for figure, _ in numbers}) == 1
            for number in numbers if not one_figure else ():
                if model.least((numbers | others) - {number}) < TINY:
                    tally.fault("an explanation is not minimal", table, (number, numbers))
            compare_settling(table, model, explanation, numbers | others, tally)


def compare_settling(
    table: Table, model: Model, explanation: Any, aside: frozenset[Number], tally: Tally
) -> None:
    """A value within the range that is said to settle the conflict does."""
    for suspect in explanation:
        statement = statement_of(model, local(suspect))
        if statement is None or suspect.aspect in ("share_change", "rank"):
            continue
        if "growth" in suspect.aspect and table_flow(table, local(suspect)) == "balance":
            continue  # of a deficit it may be read either way
        lower, upper = (None if e is None else float(e) for e in (suspect.lower, suspect.upper))
        if lower is None and upper is None:
            continue
        value = (lower + upper) / 2 if lower is not None and upper is not None else 0.0
        if lower is None or upper is None:  # an end may be one that is only approached
            end = upper if lower is None else lower
            value = end + (1 if upper is None else -1) * max(1.0, abs(end)) / 100  # type: ignore[operator, arg-type]
        value += 1 if suspect.aspect in ("growth", "other_growth") else 0
        tally.counts["settling ranges"] += 1
        if model.with_value(statement, value, aside) > SURE:
            tally.fault("a settling range does not settle", table, (suspect, value))


def statement_of(model: Model, number: Number) -> Statement | None:
    """The statement that one number makes by itself."""
    stated = (s for s in model.statements.stated if s.owners == {number})
    return next(stated, None)


def compare_slip(table: Table, slip: Slip, answer: Answer, tally: Tally) -> None:
    """Whether the numbers that were changed are suspected, and the right ones shown."""
    counts = tally.slips[slip.kind]
    counts["provable"] += 1
    counts["found"] += bool(answer.errors or answer.conflicts or answer.warnings)
    suspects = {
        local(suspect)
        for conflict in answer.conflicts
        for explanation in conflict.explanations
        for suspect in explanation
    }
    # Two numbers that were exchanged are suspected by the slip that says so.
    suspects |= {
        local(n) for conflict in answer.conflicts for r in conflict.repairs for n in r.numbers
    }
    figures = {f.split("/")[1] for finding in answer.errors for f in finding.figures}
    changed = {figure for figure, _ in slip.changed}
    is_suspected = bool(
        suspects & set(slip.changed) or (not answer.conflicts and changed & figures)
    )
    counts["suspected"] += is_suspected
    if not is_suspected and answer.conflicts:
        tally.fault("the changed number is no suspect", table, (slip, sorted(suspects)))
    repairs = [r for conflict in answer.conflicts for r in conflict.repairs]
    hits = [n for n, repair in enumerate(repairs) if undoes(repair, slip, table.marks)]
    counts["shown"] += bool(hits)
    counts["in five"] += bool(hits and hits[0] < SHOWN)
    counts["first three"] += bool(hits and hits[0] < 3)
    if not hits and is_suspected:
        tally.fault(f"no slip shown: {slip.kind}", table, (slip, repairs[:5]))


def undoes(repair: Any, slip: Slip, marks: str) -> bool:
    """Whether a shown slip leads to what was printed before, with or without marks of thousands."""
    figure = repair.figure.split("/")[1]
    before = slip.changed.get((figure, repair.aspect), "")
    if before and before.replace(marks[1:], "") == repair.corrected.replace(marks[1:], ""):
        return True
    return len(slip.changed) > 1 and set(map(local, repair.numbers)) >= set(slip.changed)


def compare_coverage(table: Table, model: Model, answer: Answer, tally: Tally) -> None:
    """The state of each number is what the others leave of it.

    A figure of which no number is limited counts as partly checked where a rule evaluates it.
    """
    found: dict[Number, tuple[str, object]] = {}
    for statement in model.statements.stated:
        (number, *more) = statement.owners
        if more or number[1] in ("rank", "share_change"):
            continue
        lower, upper = model.range(statement.terms, statement.over, [number])
        is_free = table_flow(table, number) == "balance" or number[1] in SIGNED
        half = float(statement.half)
        below = lower is not None and (is_free or lower > half * SURE)
        above = upper is not None
        right = ("unchecked", "partly", "checked")[below + above]
        found[number] = right, (number, lower, upper)
    limited = {figure for (figure, _), (right, _) in found.items() if right != "unchecked"}
    for number, (right, why) in found.items():
        tally.counts["coverage: numbers"] += 1
        state = answer.coverage.get(number)
        is_by_rule = right == "unchecked" and state == "partly" and number[0] not in limited
        if state != right and not is_by_rule:
            tally.fault(f"coverage: {state} for {right}, {number[1]}", table, why)


def table_flow(table: Table, number: Number) -> str:
    return next(r.series[1] for r in table.records if r.id == number[0])


def compare_bounds(table: Table, model: Model, answer: Answer, tally: Tally) -> None:
    """Bounds of what nobody printed are those of the oracle's own rows."""
    stated = model.statements
    series = {written(table, known): known for known in stated.series}
    spans = {
        text: span
        for span in combinations(stated.cuts, 2)
        for text in (table.period(span), table.months(span))
    }
    for bound in answer.bounds:
        if bound.series not in series or bound.period not in spans:
            tally.counts["bounds: not compared"] += 1
            continue
        span = spans[bound.period]
        now, base = (
            reduce(
                less,
                [stated.terms(series[name], of) for name in bound.without],
                stated.terms(series[bound.series], of),
            )
            for of in (span, (span[0] - 12, span[1] - 12))
        )
        tally.counts["bounds"] += 1
        pairs = [(model.range(now, {}), (bound.lower, bound.upper), "level")]
        if (bound.growth_lower, bound.growth_upper) != (None, None):
            ends = model.range(now, base)
            right = tuple(None if end is None else end - 1 for end in ends)
            pairs.append((right, (bound.growth_lower, bound.growth_upper), "growth"))  # type: ignore[arg-type]
        for right, shown, what in pairs:
            if not all(map(is_close, right, shown)):
                tally.fault(f"bounds of a {what} are not tight", table, (bound, right))


def is_close(right: float | None, shown: Any) -> bool:
    """Whether two ends are the same within rounding."""
    if right is None or shown is None:
        return right is None and shown is None
    return abs(right - float(shown)) <= 1e-6 * max(1.0, abs(right))


def written(table: Table, series: Series) -> str:
    """A series as the product writes it."""
    codes = {"partner": "WLD", **dict.fromkeys(("product", "regime", "operator"), "total")}
    codes |= dict(series[0]) | {"flow": series[1], "measure": table.measure}
    always = ("area", "partner", "flow", "product", "regime", "operator", "measure")
    further = (f"{name}={code}" for name, code in codes.items() if name not in always)
    return ".".join((*(codes[name] for name in always), *further))
