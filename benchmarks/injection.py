"""Errors put into real figures, one at a time: found or not, who is suspected, and why not found.

Run by hand: python -m benchmarks.injection [TIMES [FOLDER [DATA SET…]]]; 1,000 times each kind of
error and data set by default. One digit, one unit (万 and 亿), one sign, one flow or one period of
one record is changed in its text. Only the records of the same source that hang together with the
changed one are then read, loaded and checked again, since no identity and no rule whose finding is
an error leads to the others; many variants lie in one load, each a source of its own. Equal draws
are checked once and counted as often as drawn.

An error is provable when no true values lead to what the source prints then. HiGHS decides that
in floating point, by the least amount by which the changed numbers must give way; Crossfoot in
integers. Every provable error must be found.

Belongs here: drawing errors, the oracle, and what is counted. Does not belong here: how data sets
become records (real_data.py).
"""

from __future__ import annotations

import os
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from functools import cache
from itertools import pairwise, product
from pathlib import Path

import highspy

from benchmarks.real_data import SHARED, DataSet, Fields, data_sets, in_memory
from expectations.joint.consistency import Conflict, check
from expectations.joint.core_rows import joined, read_rows, sources_by_group
from expectations.joint.coverage import coverage
from expectations.joint.linear_statements import Identity, Observation
from expectations.joint.printed_texts import PrintedTexts
from expectations.joint.repairs import Repair, RepairSearch, shown
from expectations.joint.solving import statements_of
from expectations.joint.statements import Statements
from expectations.rules import figure_rules
from warehouse.records.acceptance import accept
from warehouse.store.database import open_memory
from warehouse.store.load import load
from warehouse.terms import period, quantity

KINDS = (
    *("digit", "unit", "sign", "flow", "period"),
    *("point", "exchanged", "left out", "too many", "scale", "rows", "columns", "level", "before"),
)
ASPECTS = ("value", "growth", "share")
BATCH = 2_000  # records of one load
PART = 100  # slips of one task
SCALES = {"million": "billion", "billion": "million", "亿": "百万", "万": "亿"}
UNITS = {"万亿": "亿", "亿": "万", "万": "亿", "million": "billion", "thousand": "million"}
SURE = 1e-3  # units of the last printed digit that are more than floating point blurs
REASONS = {
    "unchecked": "nothing printed limits the number",
    "partly": "limited from one side, and not beyond it",
    "checked": "within what the other numbers allow",
}


@dataclass(frozen=True)
class Slip:
    """A field of a record changed. `undone` begins the repair that would name it, if any does."""

    kind: str
    record: int
    field: str
    text: str
    undone: str = ""
    others: tuple[tuple[int, str, str], ...] = ()  # further fields that the slip changed


@dataclass(frozen=True)
class Outcome:
    """What became of one slip. `reason` says why it was not found; '' where it was."""

    slip: Slip
    refused: bool
    found: bool
    provable: bool = False
    suspected: bool = False
    unique: bool = False
    repaired: bool = False
    listed: bool = False
    shown: bool = False
    reason: str = ""


# --- drawing errors ------------------------------------------------------------------------------


def draw(data: DataSet, kind: str, times: int, seed: int = 1) -> Counter[Slip]:
    """Slips of one kind, and how often each was drawn; none where no record can have one."""
    chance = random.Random(f"{data.name} {kind} {seed}")
    drawn = Counter[Slip]()
    able = [
        number
        for number, record in enumerate(data.records)
        if next(_slips(kind, number, record, random.Random(0)), None)
    ]
    for _ in range(times if able else 0):
        number = chance.choice(able)
        if slips := list(_slips(kind, number, data.records[number], chance)):
            drawn[chance.choice(slips)] += 1
    if kind in ("rows", "before"):
        pairs = [*_between(kind, data)]
        drawn.update(chance.choice(pairs) for _ in range(times if pairs else 0))
    return drawn


def _between(kind: str, data: DataSet) -> Iterator[Slip]:
    """Slips between records of a source: values or growths exchanged, or printed again."""
    tables: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, record in enumerate(data.records):
        series = [record.get(name, "") for name in ("area", "flow", "partner", "product", "regime")]
        table = [record["period"]] if kind == "rows" else series
        tables[record["source"], *table].append(number)
    for numbers in tables.values():
        for first, second in pairwise(numbers):
            for field in ("value", "growth"):
                here, there = (data.records[n].get(field, "") for n in (first, second))
                if here and there and here != there and kind == "rows":
                    undone = f"exchanged with {{}}/{data.records[second]['id']}"
                    yield Slip(kind, first, field, there, undone, ((second, field, here),))
                elif here and there and here != there and len(re.sub("[^1-9]", "", here)) > 2:
                    yield Slip(
                        kind, second, field, here, f"that of {{}}/{data.records[first]['id']}"
                    )


def _slips(kind: str, number: int, record: Fields, chance: random.Random) -> Iterator[Slip]:
    """Slips of one record, one for each field that can have one of this kind."""
    for field in ASPECTS:
        text = record.get(field, "")
        if not text:
            continue
        places = [place for place, sign in enumerate(text) if sign.isdigit()]
        if kind == "digit" and places:
            place = chance.choice(places)
            digit = chance.choice([d for d in "0123456789" if d != text[place]])
            yield Slip(kind, number, field, text[:place] + digit + text[place + 1 :])
        yield from _digit_slips(kind, number, field, text, chance)
        if kind == "scale" and field == "value":
            for word, wrong in SCALES.items():
                if word in text:
                    yield Slip(
                        kind, number, field, text.replace(word, wrong), f"{wrong} printed for"
                    )
        if kind == "columns" and field == "growth" and "share" in record:
            undone = "its growth and its share exchanged"
            moved = ((number, "share", text),)
            yield Slip(kind, number, field, record["share"], undone, moved)
        if kind == "level" and field == "growth" and "value" in record:
            level = re.search(r"[0-9.]+", record["value"])
            if level and len(level[0]) > 3:
                undone = "its value printed in the place of its growth"
                yield Slip(kind, number, field, f"{level[0]}%", undone)
        if kind == "unit" and field == "value":
            unit = next((unit for unit in UNITS if unit in text), None)
            if unit:
                wrong = UNITS[unit]
                known = {unit, wrong} == {"万", "亿"}
                undone = f"{wrong} printed for {unit}" if known else ""
                yield Slip(kind, number, field, text.replace(unit, wrong), undone)
        if kind == "sign" and field != "share" and re.search("[1-9]", text):
            turned = text.removeprefix("-") if text.startswith("-") else f"-{text}"
            yield Slip(kind, number, field, turned, "the wrong sign" if field == "growth" else "")
    if kind == "flow":
        for flow in ("exports", "imports", "trade"):
            if flow != record["flow"]:
                yield Slip(kind, number, "flow", flow, f"it is of {record['flow']}")
    if kind == "period":
        record_period = period.parse(record["period"])
        assert record_period.start
        first, last = (
            12 * day.year + day.month - 1 for day in (record_period.start, record_period.end)
        )
        moves = (
            ((-1, -1), (1, 1)) if record_period.span == "month" else ((0, -1), (0, 1), (-12, -12))
        )
        for start, stop in moves:
            ends = [f"{m // 12}-{m % 12 + 1:02}" for m in (first + start, last + stop)]
            if ends[0] <= ends[1]:
                undone = f"it is of the period from {record_period.start}"
                yield Slip(kind, number, "period", "/".join(ends), undone)


def _digit_slips(
    kind: str, number: int, field: str, text: str, chance: random.Random
) -> Iterator[Slip]:
    """Slips of the digits of one number."""
    match = re.search(r"[0-9]+(\.[0-9]+)?", text)
    if match is None or len(match[0]) < 3:
        return
    numeral = match[0]

    def slip(changed: str, undone: str) -> Slip:
        wrong = text[: match.start()] + changed + text[match.end() :]
        return Slip(kind, number, field, wrong, undone)

    digits = [place for place, sign in enumerate(numeral) if sign.isdigit()]
    place = chance.choice(digits[1:])
    if kind == "point" and match[1]:
        whole, _, decimals = numeral.partition(".")
        if len(whole) > 1:
            yield slip(
                f"{whole[:-1]}.{whole[-1]}{decimals}", "a decimal point one place to the left"
            )
        moved = f"{whole}{decimals[0]}.{decimals[1:]}".rstrip(".").lstrip("0")
        if moved and moved[0] != ".":
            yield slip(moved, "a decimal point one place to the right")
    if kind == "exchanged":
        for left, right in pairwise(digits):
            if numeral[left] != numeral[right] and (left or numeral[right] != "0"):
                changed = list(numeral)
                changed[left], changed[right] = numeral[right], numeral[left]
                yield slip("".join(changed), "two digits exchanged")
    if kind == "left out" and (not match[1] or place < numeral.index(".")):
        yield slip(numeral[:place] + numeral[place + 1 :], "a digit left out")
    if kind == "too many":
        yield slip(numeral[:place] + numeral[place] + numeral[place:], "a digit printed twice")


# --- what hangs together -------------------------------------------------------------------------


class Surroundings:
    """Which records of a data set an error in one of them could make wrong.

    On the safe side: records share a group when they are of one place (all of the series but its
    flow) and of the same period, or of any period where cumulatives are among them; when one is
    the base of the other; and when one is part or share of the other.
    """

    def __init__(self, data: DataSet) -> None:
        self._records = data.records
        self._by_source: dict[str, list[int]] = defaultdict(list)
        for number, record in enumerate(data.records):
            self._by_source[record["source"]].append(number)

    def of(self, slip: Slip) -> list[int]:
        """The records to check again, the changed ones among them."""
        source = self._records[slip.record]["source"]
        numbers = self._by_source[source]
        reached = self._group(numbers, slip.record, self._records[slip.record])
        for number, _, _ in slip.others:
            reached |= self._group(numbers, number, self._records[number])
        if slip.kind == "before":
            reached |= set(numbers)
        if slip.field not in ASPECTS:
            moved = self._records[slip.record] | {slip.field: slip.text}
            reached |= self._group(numbers, slip.record, moved)
        return sorted(reached)

    def _group(self, numbers: Sequence[int], changed: int, record: Fields) -> set[int]:
        keys = {n: self._keys(record if n == changed else self._records[n]) for n in numbers}
        cumulative = {
            key[0]
            for n in numbers
            for key in keys[n]
            if len(key) == 3 and period.parse("/".join(map(str, key[1:]))).span != "month"
        }
        members: dict[object, set[int]] = defaultdict(set)
        for n in numbers:
            for key in keys[n]:
                members[key[0] if key[0] in cumulative else key].add(n)
        reached, ahead = {changed}, [changed]
        while ahead:
            for key in keys[ahead.pop()]:
                new = members[key[0] if key[0] in cumulative else key] - reached
                reached |= new
                ahead += new
        return reached

    @staticmethod
    def _keys(record: Fields) -> tuple[tuple[object, ...], ...]:
        return _record_keys(tuple(sorted(record.items())))


@cache
def _record_keys(items: tuple[tuple[str, str], ...]) -> tuple[tuple[object, ...], ...]:
    """(place, first day, last day) of its period and of its base's; (id,) of it and its total."""
    record = dict(items)
    series = ("area", "partner", "product", "regime", "operator", "measure")
    money = quantity.parse_value(record["value"]).unit if "value" in record else ""
    place = (*(record.get(name, "") for name in series), money or record.get("unit", ""))
    record_period = period.parse(record["period"])
    assert record_period.start
    keys: list[tuple[object, ...]] = [(place, record_period.start, record_period.end)]
    if "growth" in record:
        next_day = record_period.end + timedelta(1)
        end = next_day.replace(year=next_day.year - 1) - timedelta(1)
        keys.append((place, record_period.start.replace(year=record_period.start.year - 1), end))
    keys += [("id", record[name]) for name in ("id", "part_of", "share_of") if name in record]
    return tuple(keys)


# --- checking variants ---------------------------------------------------------------------------


def try_slips(data: DataSet, slips: Sequence[Slip]) -> list[Outcome]:
    """Check a data set with each of the slips in turn."""
    surroundings = Surroundings(data)
    outcomes: list[Outcome] = []
    variants: list[tuple[Slip, list[Fields]]] = []
    size = 0
    for slip in slips:
        changed: dict[int, Fields] = defaultdict(dict)
        for number, field, text in ((slip.record, slip.field, slip.text), *slip.others):
            changed[number][field] = text
        records = [
            data.records[number] | changed.get(number, {}) for number in surroundings.of(slip)
        ]
        variants.append((slip, records))
        size += len(records)
        if size >= BATCH:
            outcomes += _check(data, variants)
            variants, size = [], 0
    return outcomes + (_check(data, variants) if variants else [])


def _check(data: DataSet, variants: Sequence[tuple[Slip, list[Fields]]]) -> list[Outcome]:
    """Load variants side by side, each as a source of its own."""
    published = {source["id"]: source["published"] for source in data.sources}
    sources, records = [], []
    for number, (slip, variant) in enumerate(variants):
        source = data.records[slip.record]["source"]
        variant_source = {
            "id": f"v{number}",
            "publisher": "injection",
            "published": published[source],
        }
        sources.append(variant_source)
        records += [record | {"source": variant_source["id"]} for record in variant]
    batch = accept([in_memory(sources, records)])
    refused = {row.figure.split("/")[0] for row in batch.quarantined}
    refused |= {problem.figure.split("/")[0] for problem in batch.problems}
    if refused:  # of these nothing else is counted
        rest = [variant for number, variant in enumerate(variants) if f"v{number}" not in refused]
        checked = iter(_check(data, rest))
        return [
            Outcome(slip, refused=True, found=True) if f"v{number}" in refused else next(checked)
            for number, (slip, _) in enumerate(variants)
        ]
    with open_memory() as connection:
        load(connection, batch, release_id="injection")
        findings = figure_rules.evaluate(connection)
        rows = joined(read_rows(connection, sources_by_group(connection)))
        all_statements = statements_of(rows)
        errors: dict[str, set[str]] = defaultdict(set)
        for finding in findings:
            if finding.severity == "error":
                errors[finding.figures[0].split("/")[0]].update(finding.figures)
        # As joint.solve does, but that nobody asks for bounds here.
        conflicts: dict[str, list[Conflict]] = defaultdict(list)
        report = check(
            all_statements.observations, all_statements.identities, floors=all_statements.floors
        )
        for conflict in report.conflicts:
            conflicts[conflict.figures[0].split("/")[0]].append(conflict)
        search = RepairSearch(all_statements, PrintedTexts(connection), report)
        by_source = _by_source(all_statements)
        outcomes = []
        for number, (slip, _) in enumerate(variants):
            source = f"v{number}"
            figure = f"{source}/{data.records[slip.record]['id']}"
            stated = by_source.get(source, ([], []))
            outcomes.append(
                _outcome(
                    slip,
                    figure,
                    data.records[slip.record],
                    errors.get(source, set()),
                    conflicts.get(source, []),
                    [list(search.repairs(c)) for c in conflicts.get(source, [])],
                    stated,
                    all_statements.floors,
                )
            )
        return outcomes


Stated = tuple[list[Observation], list[Identity]]


def _by_source(all_statements: Statements) -> dict[str, Stated]:
    """The statements of each source: no variable belongs to two."""
    by_source: dict[str, Stated] = defaultdict(lambda: ([], []))
    for observation in all_statements.observations:
        by_source[observation.figure.split("/")[0]][0].append(observation)
    for identity in all_statements.identities:
        by_source[identity.terms[0][0].split("|")[0]][1].append(identity)
    return by_source


def _outcome(
    slip: Slip,
    figure: str,
    original: Fields,
    errors: set[str],
    conflicts: Sequence[Conflict],
    repairs: Sequence[Sequence[Repair]],
    stated: Stated,
    floors: Mapping[str, None],
) -> Outcome:
    settlements = [s for c in conflicts for explanation in c.explanations for s in explanation]
    suspects = {s.suspect.figure for s in settlements} if conflicts else errors
    # Those of the smallest explanations, which stand first wherever conflicts are shown.
    first = {
        settlement.suspect.figure
        for conflict in conflicts
        for explanation in conflict.explanations
        if len(explanation) == len(conflict.explanations[0])
        for settlement in explanation
    }

    def names_it(repair: Repair) -> bool:
        """Whether a repair is the slip: by the right number, or by its name."""
        figures = {number.figure for number in repair.numbers}
        is_right = (repair.aspect, repair.corrected) == (slip.field, original.get(slip.field))
        named = slip.undone and repair.slip.startswith(slip.undone.format(figure.split("/")[0]))
        return figure in figures and bool(is_right or named or (len(figures) > 1 and slip.others))

    listed = any(names_it(repair) for each in repairs for repair in each)
    is_shown = any(names_it(repair) for each in repairs for repair in shown(each))
    repaired = bool(slip.undone) and listed
    if slip.field in ASPECTS and not repaired:
        parse = quantity.parse_value if slip.field == "value" else quantity.parse_growth
        read = parse(original[slip.field])
        offset = 1 if slip.field == "growth" else 0
        assert read.lower is not None and read.upper is not None
        lower, upper = Fraction(read.lower) + offset, Fraction(read.upper) + offset
        repaired = any(
            (s.lower is None or s.lower <= upper) and (s.upper is None or lower <= s.upper)
            for s in settlements
            if (s.suspect.figure, s.suspect.aspect) == (figure, slip.field)
        )
    found = bool(errors or conflicts)
    reason = ""
    if not found:
        states = {
            number.state
            for number in coverage(*stated, floors)
            if number.suspect.figure == figure
            and (slip.field not in ASPECTS or number.suspect.aspect == slip.field)
        }
        reason = REASONS[next((s for s in ("checked", "partly") if s in states), "unchecked")]
    return Outcome(
        slip,
        refused=False,
        found=found,
        provable=least_give(*stated, floors, figure) > SURE,
        suspected=figure in suspects,
        unique=(first or suspects) == {figure},
        repaired=repaired,
        listed=listed,
        shown=is_shown,
        reason=reason,
    )


def least_give(
    observations: Sequence[Observation],
    identities: Sequence[Identity],
    floors: Mapping[str, None],
    figure: str,
) -> float:
    """By how much the numbers of `figure` must give way, in units of the last printed digit.

    More than zero means that no true values lead to all that is printed.
    """
    steps = [
        float(o.upper - o.lower)
        for o in observations
        if o.aspect == "value" and o.upper is not None and o.lower is not None
    ]
    unit = min(steps, default=1.0)
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    columns: dict[str, int] = {}
    infinite = highspy.kHighsInf

    def column(name: str) -> int:
        if name not in columns:
            columns[name] = len(columns)
            model.addCol(0.0, -infinite if name in floors else 0.0, infinite, 0, [], [])
        return columns[name]

    def row(terms: dict[int, float], lower: float, upper: float) -> None:
        model.addRow(lower, upper, len(terms), list(terms), list(terms.values()))

    def give() -> int:
        columns[f"give {len(columns)}"] = number = len(columns)
        model.addCol(1.0, 0.0, infinite, 0, [], [])
        return number

    for identity in identities:
        row({column(name): float(factor) for name, factor in identity.terms}, 0.0, 0.0)
    for o in observations:
        for limit, sign in ((o.lower, 1.0), (o.upper, -1.0)):
            if limit is None:
                continue
            terms = {column(name): sign * float(factor) for name, factor in o.terms}
            for name, factor in o.over:
                at = column(name)
                terms[at] = terms.get(at, 0.0) - sign * float(limit) * float(factor)
            if o.figure == figure:
                terms[give()] = 1.0
            row(terms, 0.0 if o.over else sign * float(limit) / unit, infinite)
    if not columns:
        return 0.0
    model.run()
    if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return infinite  # even without the changed number
    return float(model.getObjectiveValue())


# --- results -------------------------------------------------------------------------------------


def inject(data: DataSet, drawn: Mapping[Slip, int]) -> tuple[Counter[str], Counter[str]]:
    """Counts of what became of slips drawn so often, and the reasons of those not found."""
    counts, reasons = Counter[str](), Counter[str]()
    for outcome in try_slips(data, list(drawn)):
        often = drawn[outcome.slip]
        counts["injected"] += often
        counts["refused"] += often * outcome.refused
        counts["found"] += often * outcome.found
        counts["provable"] += often * outcome.provable
        counts["missed"] += often * (outcome.provable and not outcome.found)
        if outcome.found and not outcome.refused:
            counts["contradicted"] += often
            counts["suspected"] += often * outcome.suspected
            counts["unique"] += often * outcome.unique
            counts["repaired"] += often * outcome.repaired
            counts["listed"] += often * outcome.listed
            counts["shown"] += often * outcome.shown
        if outcome.reason:
            reasons[outcome.reason] += often
    return counts, reasons


COLUMNS = (
    *("injected", "found", "refused", "contradicted", "provable", "missed"),
    *("suspected", "unique", "repaired", "listed", "shown"),
)


def show(name: str, kind: str, counts: Counter[str], reasons: Counter[str]) -> None:
    """Print one line."""
    cells = "".join(f"{counts[column]:13,}" for column in COLUMNS)
    why = "; ".join(f"{number:,} {reason}" for reason, number in reasons.most_common())
    print(f"{name:42}{kind:8}{cells}  {why}", flush=True)


def main() -> int:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else SHARED
    if not folder.is_dir():
        print("no shared data here: nothing to measure; name the folder that holds facts/, tables/")
        return 0
    begun = time.perf_counter()
    names = sys.argv[3:]
    sets = [data for data in data_sets(folder) if not names or data.name in names]
    print(f"{'':50}{''.join(f'{column:>13}' for column in COLUMNS)}  not found because")
    total: Counter[str] = Counter()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        tasks = []
        for data, kind in product(sets, KINDS):
            drawn = list(draw(data, kind, times).items())
            parts = [dict(drawn[at : at + PART]) for at in range(0, len(drawn), PART)]
            tasks.append((data.name, kind, [pool.submit(inject, data, part) for part in parts]))
        for name, kind, submitted in tasks:
            counts, reasons = Counter[str](), Counter[str]()
            for task in submitted:
                part_counts, why = task.result()
                counts.update(part_counts)
                reasons.update(why)
            show(name, kind, counts, reasons)
            total.update(counts)
    show("all of them", "", total, Counter())
    print(
        f"provable errors found: {total['provable'] - total['missed']:,} of {total['provable']:,};"
        f" {time.perf_counter() - begun:.0f} s"
    )
    return 1 if total["missed"] else 0


if __name__ == "__main__":
    sys.exit(main())
