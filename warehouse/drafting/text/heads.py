"""Heads: the words before a number → the figure that they speak of.

A figure's head is the words between the number before it and its own: the flow nearest to it, and
the names beside that flow. What a head leaves out is carried on from the clause, sentence or
paragraph before; where that is a guess, the figure says so.

Belongs here: making a figure of a head. Does not belong here: which number belongs to which figure
(values.py, ratios.py), whose trade it is (reporters.py), its period (dating.py).
"""

from __future__ import annotations

from warehouse.drafting.text.carrying import (
    OF_REFUSED,
    Subject,
    carry_on_from_previous,
    carry_on_from_total,
)
from warehouse.drafting.text.clauses import (
    QUALIFIERS,
    Head,
    first_of,
    holds,
    no_trade,
    one_code,
    unit_of_measure,
)
from warehouse.drafting.text.dating import period_of
from warehouse.drafting.text.figures import ALL, Drafted
from warehouse.drafting.text.reporters import area_around, carried_area, may_report
from warehouse.drafting.text.state import Reading
from warehouse.drafting.text.unread import unread_after, unread_names
from warehouse.terms.codes import kind_of


def figure_of(
    reading: Reading, head: Head, measure: str, flow: str = "", unit: str = ""
) -> Drafted | str:
    """A figure with the codes its head names or carries on; or why there is none.

    `flow` is that of a measure which gives it away ('' otherwise), `unit` that of the value
    ('' where only a ratio is printed).
    """
    sentence = reading.sentence
    subject = _subject(reading, head, flow)
    if isinstance(subject, str):
        return subject
    total = _total_of_part(reading, subject, measure, unit)
    if total is not None:
        carry_on_from_total(subject, total)
    elif previous := _figure_before(reading):
        carry_on_from_previous(subject, previous)
    _doubt_names(reading, subject, total)
    if reason := _complete(reading, subject, measure):
        return reason
    noun = head.noun
    figure = Drafted(
        subject.codes,
        subject.period,
        unit or (total.unit if total else "") or unit_of_measure(measure),
        reading.paragraph,
        doubts=list(dict.fromkeys(subject.doubts)),
        period_stated=subject.period_stated,
        period_doubt=subject.period_doubt,
        deficit=(noun.start, noun.end) if noun and noun.kind == "deficit" else None,
    )
    if total is not None and figure.within(total):
        figure.total = total
    elif sentence.of_which and total is None and not sentence.refused_total:
        figure.note("called 其中 (of which), but no part of a figure before it")
        sentence.of_which = False
    return figure


# --- what the head itself says -------------------------------------------------------------------


def _subject(reading: Reading, head: Head, flow: str) -> Subject | str:
    """What a head says, or why it makes no figure."""
    region = first_of(head.clause, "region")
    if region and not flow:
        return no_trade(region)
    named: dict[str, str] = {}
    for dimension in ("area", *QUALIFIERS):
        names = [token for token in head.clause if token.kind == dimension]
        if dimension == "area" and not names:
            names = [token for token in head.words if token.kind == dimension]
        code, several = one_code(dimension, names)
        if several:
            return f"names several: {several}"
        if code:
            named[dimension] = code
    if "area" not in named and (code := area_around(reading, head.clause)):
        named["area"] = code
    if flow or (head.noun is not None and head.noun.kind in ("flow", "deficit")):
        named["flow"] = flow or (head.noun.meaning if head.noun else "")
    # 今年以来 in a clause between figures tells of something else.
    dating = [
        token
        for token in head.words
        if token in head.clause
        or not reading.sentence.figures
        or not token.period
        or token.period.kind != "open"
    ]
    return Subject(head, named, ALL | named, *period_of(reading, dating, passing=bool(flow)))


# --- what figures before it say ------------------------------------------------------------------


def _total_of_part(reading: Reading, subject: Subject, measure: str, unit: str) -> Drafted | None:
    """The total that a head is called a part of, where 其中 was said and there is one."""
    sentence = reading.sentence
    if not sentence.of_which:
        return None
    if sentence.refused_total:
        whole = {"area", "flow"} <= subject.named.keys() and subject.period_stated
        if whole and not holds(subject.head.words, "part"):
            sentence.of_which = False  # it speaks of something else
        else:
            reason = f"{OF_REFUSED} {sentence.refused_total}, which is no figure"
            subject.doubts.append(reason)
    elif sentence.total is None:
        sentence.total = _nearest_total(reading, subject, measure, unit)
    return sentence.total if sentence.of_which else None


def _nearest_total(reading: Reading, subject: Subject, measure: str, unit: str) -> Drafted | None:
    """The nearest figure before that this head could be a part of."""
    for total in reversed(reading.recent()):
        if total.paragraph < reading.paragraph - 1:
            return None
        if total.paragraph < reading.paragraph and any(
            total.codes[dimension] != whole for dimension, whole in ALL.items()
        ):
            continue  # 其中 opens a paragraph: of the whole, not of one of its parts
        if not total.printed or total.codes["measure"] != measure:
            continue
        period = subject.period if subject.period_stated else total.period
        part = Drafted(total.codes | subject.named, period, unit or total.unit, reading.paragraph)
        if part.within(total):
            return total if "value" in total.printed else _with_value(reading, total)
    return None


def _with_value(reading: Reading, figure: Drafted) -> Drafted:
    """Of figures that speak of the same, the one near before that prints the value."""
    twins = (other for other in reading.recent() if other.key == figure.key)
    return next((twin for twin in twins if "value" in twin.printed), figure)


def _figure_before(reading: Reading) -> Drafted | None:
    """The figure whose head this one may carry on."""
    if reading.sentence.figures:
        return reading.sentence.figures[-1]
    if not reading.figures or not reading.sentence.of_which:
        return None
    last = reading.figures[-1]
    return last if last.paragraph == reading.paragraph else None


# --- what stands near, and what is left out ------------------------------------------------------


def _doubt_names(reading: Reading, subject: Subject, total: Drafted | None) -> None:
    """Doubt names that stand near, but not in the clause; and a clause about who reports."""
    words, clause = subject.head.words, subject.head.clause
    areas = [token for token in words if token.kind == "area"]
    if areas and areas[-1] not in clause and kind_of("areas", areas[-1].meaning) != "nation":
        subject.doubts += [f"not understood: {name}" for name in unread_after(reading, areas[-1])]
    subject.doubts += [
        f"{token.text} may be who reports, not a partner"
        for token in clause
        if token.kind == "partner" and may_report(reading, token, subject.named.get("flow", ""))
    ]
    if subject.qualified or total is not None:
        return
    if subject.named.keys() <= {"flow"} and not subject.period_stated:
        _doubt_sentence_before(reading, subject)
    if "area" not in subject.named:
        if reading.sentence.names_before:
            subject.doubts.append(f"the sentence before names {reading.sentence.names_before}")
        subject.doubts += [f"not understood: {name}" for name in unread_names(reading, clause)]
    outside = [t for t in words if t not in clause and t.kind in (*QUALIFIERS, "region")]
    if outside:
        names = ", ".join(token.text for token in outside)
        subject.doubts.append(f"the clause before names {names}")
    for dimension in QUALIFIERS:
        code, _ = one_code(dimension, [token for token in outside if token.kind == dimension])
        if code:
            subject.codes[dimension] = code


def _doubt_sentence_before(reading: Reading, subject: Subject) -> None:
    """Doubt the first figure of a sentence for what the figure before it in the paragraph names."""
    if reading.sentence.figures or not reading.figures:
        return
    before = reading.figures[-1]
    if before.paragraph == reading.paragraph:
        kept = [code for d, code in before.codes.items() if d in ALL and code != ALL[d]]
        subject.doubts += [f"the sentence before speaks of {code}" for code in kept]
        subject.doubts += [doubt for doubt in before.doubts if doubt.startswith(OF_REFUSED)]


def _complete(reading: Reading, subject: Subject, measure: str) -> str:
    """Settle what neither the head nor figures before say; or why there is no figure."""
    codes, doubts = subject.codes, subject.doubts
    codes["measure"] = measure
    if "flow" not in codes:
        if measure in ("value", "weight", "quantity") and "regime" not in subject.named:
            return "no flow is named in the sentence"
        codes["flow"] = "trade"
        doubts.append("no flow is named: read as trade")
    inner = first_of(subject.head.clause, "within")
    if inner and "area" not in subject.named:
        doubts.append(f"which {inner.meaning} {inner.text} means is not said")
    elif inner and reading.area is None and reading.office is not None:
        doubts.append(f"named by its customs: {inner.text} is that of {reading.office.name}")
    if "area" not in codes:
        codes["area"], doubt = carried_area(reading)
        if not codes["area"]:
            return "names no area, and neither does the project"
        doubts += [doubt] if doubt else []
    enterprise = reading.sentence.enterprise
    if enterprise and codes["operator"] == "total":
        if enterprise == "?":
            doubts.append("an enterprise that codes/operators.csv does not have")
        else:
            codes["operator"] = enterprise
            doubts.append("the enterprise is that named before")
    if measure in ("quantity", "output", "shipments") and codes["product"] == "total":
        if not reading.product:
            return "counts goods that are not named"
        codes["product"] = reading.product
        doubts.append("the goods are those named before")
    return ""
