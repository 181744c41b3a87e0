"""Growths whose words have two readings: up 1.2-fold is 20 % more, or 120 %.

Both lie in the interval of such a number, so that neither is taken for wrong and less is checked.

Belongs here: saying so. Does not belong here: which words these are (terms/ratio_reader.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from warehouse.records.contract import Figure
from warehouse.records.fields import PRINTED
from warehouse.terms.quantity import Quantity


def of_two_readings(figures: Sequence[Figure]) -> tuple[str, ...]:
    """What is said of each number that may be read in two ways, a sentence each."""
    return tuple(
        f"{figure.file}:{figure.line}: {name} {printed.text!r} of {figure.id} may be "
        f"{printed.value:.0%} or {printed.value + 1:.0%}, and is taken for either; write which of "
        "the two its source means"
        for figure in figures
        for name, printed in _ambiguous(figure)
    )


def _ambiguous(figure: Figure) -> Iterator[tuple[str, Quantity]]:
    for name in PRINTED:
        printed: Quantity | None = getattr(figure.record, name)
        if printed is not None and printed.hedge == "ambiguous":
            yield name, printed
