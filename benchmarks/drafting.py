"""How well texts are drafted: against figures that were read by hand, and how fast.

Prints precision and recall per field against the hand-curated file of a newspaper report; for a
corpus of broadcasts the share of national facts read right, and every one that was not, for the
years the grammar was written on and for the years held out; and the speed on growing texts. The
texts lie outside the project, in `../shared`; where they are absent, that part is left out.

    python -m benchmarks.drafting [--shared FOLDER]
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from pathlib import Path
from time import process_time

from warehouse.drafting.draft import Draft, draft
from warehouse.drafting.text.figures import ALL, Drafted
from warehouse.records.acceptance import read_batch
from warehouse.records.contract import Figure
from warehouse.records.fields import PRINTED
from warehouse.terms import period
from warehouse.terms.dimensions import dimensions
from warehouse.terms.quantity import Quantity, parse_growth, parse_share, parse_value

ROOT = Path(__file__).parent.parent
CURATED = ROOT / "warehouse/example/records/people-daily/2020-05-foreign-trade.yaml"
HELD_OUT = "2017"  # the grammar was written on texts before this year
FLOWS = {"total": "trade", "exports": "exports", "imports": "imports"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    shared = parser.parse_args().shared
    if shared.is_dir():
        against_the_hand_curated(shared / "sources/foreign-trade-2020-05.txt")
        against_national_facts(shared)
    else:
        print(f"{shared} is absent: only the speed is measured")
    speed()


# --- the hand-curated report -------------------------------------------------------------------


def against_the_hand_curated(path: Path) -> None:
    """Match figures by what they print, then compare every field."""
    curated = read_batch([CURATED]).figures
    drafted = draft(path.read_text("utf-8"), period.parse("2020-05"))
    left = list(drafted.figures)
    right, read_fields, hand = Counter[str](), Counter[str](), Counter[str]()
    missed, pairs = [], []
    for figure in curated:
        match = next((d for d in left if _prints_alike(figure, d)), None)
        if match is None:
            missed.append(figure)
        else:
            left.remove(match)
            pairs.append((figure, match))
    print(f"== {path.name}: {len(curated)} figures curated, {len(drafted.figures)} drafted")
    print(f"found {len(pairs)}, missed {len(missed)}, drafted beyond them {len(left)}")
    for figure in missed:
        print("  missed", figure.record.id)
    for extra in left:
        print("  beyond", extra.id, [e.text for e in extra.printed.values()], extra.unsure)
    wrong = []
    ids = {match: figure.id for figure, match in pairs}
    for figure, match in pairs:
        a, b = _fields_of_record(figure), _fields_of_draft(match, ids)
        for name in a.keys() | b.keys():
            hand[name] += name in a
            read_fields[name] += name in b
            right[name] += name in a and name in b and a[name] == b[name]
            if a.get(name) != b.get(name):
                mark = "" if not match.unsure else "  (marked unsure)"
                wrong.append(f"{figure.record.id}: {name} {a.get(name)} read {b.get(name)}{mark}")
    for figure in missed:
        hand.update(_fields_of_record(figure).keys())
    print(f"{'field':14}precision  recall")
    for name in (*dimensions(), "period", *PRINTED, "part_of"):
        if hand[name]:
            precision = right[name] / read_fields[name] if read_fields[name] else 0
            print(f"{name:14}{precision:9.3f}{right[name] / hand[name]:8.3f}")
    for line in sorted(wrong):
        print("  ", line)


def _prints_alike(figure: Figure, drafted: Drafted) -> bool:
    read = _quantities(drafted)
    for name in ("value", "growth", "share"):
        printed = getattr(figure.record, name)
        if printed is not None:
            other = read.get(name)
            return other is not None and (other.value, other.unit) == (printed.value, printed.unit)
    return False


def _quantities(drafted: Drafted) -> dict[str, Quantity]:
    parse = {"value": parse_value, "base": parse_value, "share": parse_share}
    return {n: parse.get(n, parse_growth)(e.text) for n, e in drafted.printed.items()}


def _fields_of_record(figure: Figure) -> dict[str, object]:
    record = figure.record
    fields: dict[str, object] = dict(record.codes)
    fields["period"] = record.period.text
    for name in PRINTED:
        if (printed := getattr(record, name)) is not None:
            fields[name] = printed.value, printed.hedge
    if figure.part_of:
        fields["part_of"] = figure.part_of
    return fields


def _fields_of_draft(drafted: Drafted, ids: dict[Drafted, str]) -> dict[str, object]:
    fields: dict[str, object] = dict(drafted.codes)
    fields["period"] = drafted.period.text
    fields |= {name: (read.value, read.hedge) for name, read in _quantities(drafted).items()}
    if drafted.total:
        fields["part_of"] = ids.get(drafted.total, "?")
    return fields


# --- the corpus --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fact:
    """One flow of one row of the table of national facts."""

    date: str
    url: str
    flow: str
    period: str
    unit: str
    value: Decimal
    growth: Decimal | None


def against_national_facts(shared: Path) -> None:
    """Every fact of the table against the drafts of the texts of its day."""
    texts: dict[str, list[str]] = defaultdict(list)
    size, numbers = 0, Counter[str]()
    for path in sorted((shared / "data/text").glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            if row["text"] not in texts[row["date"]]:
                texts[row["date"]].append(row["text"])
    drafts: dict[str, list[Draft]] = {}
    for date, day_texts in texts.items():
        day = period.parse(f"{date[:4]}-{date[4:6]}-{date[6:]}")
        drafts[date] = [draft(text, day) for text in day_texts]
        size += sum(len(text) for text in day_texts)
    for read in chain.from_iterable(drafts.values()):
        numbers["figures"] += len(read.figures)
        numbers["marked unsure"] += sum(bool(figure.unsure) for figure in read.figures)
        numbers["skipped"] += len(read.skipped)
        numbers["overlooked"] += len(read.unread())
    facts = list(_facts(shared / "data/facts/national_as_first_published_2012_2021.csv"))
    print(f"\n== broadcasts: {size:,} characters, {dict(numbers)}")
    for name, selection in (
        (f"before {HELD_OUT} (written on)", [f for f in facts if f.date < HELD_OUT]),
        (f"from {HELD_OUT} (held out)", [f for f in facts if f.date >= HELD_OUT]),
        ("all years", facts),
    ):
        _judge(name, selection, drafts, show=selection is not facts)
    beyond_the_table(drafts, facts)


def beyond_the_table(drafts: dict[str, list[Draft]], facts: list[Fact]) -> None:
    """National totals that are drafted, not marked, and not in the table: to be looked at."""
    known = {
        (f.date, f.flow, f.period, f.unit, part)
        for f in facts
        for part in (("value", "growth") if f.growth is not None else ("value",))
    }
    print("not marked, and the table has nothing on it:")
    for date, day_drafts in sorted(drafts.items()):
        for read in day_drafts:
            for figure in filter(_national, read.figures):
                fact = (date, figure.codes["flow"], figure.period.text, figure.unit)
                if figure.unsure or figure.codes["flow"] == "balance":
                    continue
                new = [e.text for n, e in figure.printed.items() if (*fact, n) not in known]
                if new:
                    start = max(0, figure.start - 30)
                    print("   ", date, figure.id, *new, "|", read.text[start : figure.end])


def _judge(name: str, facts: list[Fact], drafts: dict[str, list[Draft]], show: bool) -> None:
    right = marked = 0
    errors: list[str] = []
    wrong = 0
    for fact in facts:
        candidates = [
            figure
            for read in drafts[fact.date]
            for figure in read.figures
            if _national(figure) and figure.codes["flow"] == fact.flow and figure.unit == fact.unit
        ]
        candidates = [f for f in candidates if f.period.text == fact.period]
        good = [f for f in candidates if _agrees(f, fact)]
        other = [f for f in candidates if _contradicts(f, fact)]
        if good:
            right += 1
            marked += all(f.unsure for f in good)
        else:
            errors.append(f"not read: {_shown(fact)}")
        for figure in other:
            wrong += not figure.unsure
            printed = [e.text for e in figure.printed.values()]
            mark = "marked unsure" if figure.unsure else "WRONG"
            errors.append(f"{mark}: {_shown(fact)} drafted {figure.id} {printed}")
    total = len(facts)
    print(f"{name}: {total} facts, right {right} ({right / total:.1%}, {marked} of them marked")
    print(f"  unsure), wrong and not marked {wrong} ({wrong / total:.1%})")
    for line in errors if show else ():
        print("   ", line)


def _facts(path: Path) -> list[Fact]:
    facts = []
    for row in csv.DictReader(path.read_text("utf-8").splitlines()):
        when = period.parse(f"{row['period_start']}/{row['period_end']}").text
        for column, flow in FLOWS.items():
            if not row[column]:
                continue
            growth = row[f"{column}_yoy_pct"]
            level = Decimal(row[column]) * Decimal("1E8")
            grown = Decimal(growth) / 100 if growth else None
            facts.append(
                Fact(row["pub_date"], row["url"], flow, when, row["currency"], level, grown)
            )
    return facts


def _national(figure: Drafted) -> bool:
    """Whether it is a total of the country, in money."""
    codes = figure.codes
    return (
        codes["area"] == "CN"
        and all(codes[name] == whole for name, whole in ALL.items())
        and codes["measure"] == "value"
        and figure.growth_basis == "year-on-year"
    )


def _agrees(figure: Drafted, fact: Fact) -> bool:
    read = _quantities(figure)
    if "value" not in read or read["value"].value != fact.value:
        return False
    return fact.growth is None or ("growth" in read and read["growth"].value == fact.growth)


def _contradicts(figure: Drafted, fact: Fact) -> bool:
    """Whether it prints a value or a growth that differs from the fact's."""
    read = _quantities(figure)
    value, growth = read.get("value"), read.get("growth")
    return bool(
        (value and value.hedge == "exact" and value.value != fact.value)
        or (growth and fact.growth is not None and growth.value != fact.growth)
    )


def _shown(fact: Fact) -> str:
    growth = "no growth" if fact.growth is None else f"{100 * fact.growth:f}%"
    return f"{fact.date} {fact.flow} {fact.period} {fact.value / 10**8:f}e8 {fact.unit} {growth}"


# --- speed -------------------------------------------------------------------------------------

_SPEED = (
    "据海关统计，今年前5个月，我国进出口总值{n}.6亿元，同比增长2.{d}%。其中，出口{n}.2亿元，增长3.{d}%；"
    "进口{n}.4亿元，下降1.{d}%；贸易顺差{d}88.1亿元，扩大5.{d}%。一般贸易进出口{n}.3亿元，占外贸总值的6{d}.1%。"
    "对东盟、欧盟进出口分别增长4.{d}%和3.{d}%。"
    "有关负责人表示，下一步将继续推进通关便利化改革，支持企业开拓市场，提升服务水平。\n"
)


def speed() -> None:
    """Time texts of 200, 400 and 800 kB of numbers: in processor time, whatever else runs."""
    print("\n== speed")
    for size in (200_000, 400_000, 800_000):
        lines, length = [], 0
        while length < size:
            lines.append(_SPEED.format(n=1000 + len(lines), d=len(lines) % 9 + 1))
            length += len(lines[-1].encode())
        text = "".join(lines)
        start = process_time()
        read = draft(text, period.parse("2021-06-07"))
        took = process_time() - start
        rate = length / 1000 / took
        print(f"{length / 1000:.0f} kB, {len(read.figures)} figures: {took:.2f} s, {rate:.0f} kB/s")


if __name__ == "__main__":
    main()
