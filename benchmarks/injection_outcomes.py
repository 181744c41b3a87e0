"""What becomes of slips in real figures: found or not, who is suspected, and why not found.

Belongs here: checking the records that hang together with a changed one, each variant as a source
of its own, and comparing what is said with what was changed. Does not belong here: drawing slips
(injection_slips.py), and whether an error can be proven (injection_proofs.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from functools import cache

from benchmarks.injection_proofs import least_give
from benchmarks.injection_slips import ASPECTS, Slip
from benchmarks.real_data import DataSet, Fields, in_memory
from expectations.joint.consistency import Conflict, check
from expectations.joint.core_rows import joined, read_rows, sources_by_group
from expectations.joint.coverage import coverage
from expectations.joint.linear_statements import Identity, Observation
from expectations.joint.printed_texts import PrintedTexts
from expectations.joint.repairs import RepairSearch
from expectations.joint.shown_repairs import Repair, shown
from expectations.joint.solving import statements_of
from expectations.joint.statements import Statements
from expectations.rules import figure_rules
from warehouse.records.acceptance import accept
from warehouse.store.database import open_memory
from warehouse.store.load import load
from warehouse.terms import period, quantity

BATCH = 2_000  # records of one load
SURE = 1e-3  # units of the last printed digit that are more than floating point blurs
REASONS = {
    "unchecked": "nothing printed limits the number",
    "partly": "limited from one side, and not beyond it",
    "checked": "within what the other numbers allow",
}


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
