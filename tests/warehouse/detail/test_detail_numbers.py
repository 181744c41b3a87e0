"""Numbers of customs detail as offices print them: decimal marks, groups, marks of a status."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.helpers.detail_rows import loaded_file, rows_of
from warehouse.detail import format
from warehouse.system.files import FormError

THIN, NO_BREAK, NARROW = "\u2009", "\u00a0", "\u202f"
FORM = """title: an office's table
delimiter: ";"
columns:
  area: {constant: DE}
  flow: {constant: exports}
  partner: {column: partner}
  product: {constant: total}
  regime: {constant: total}
  unit: {constant: EUR}
  period: {constant: 2024-01}
  value: {column: value, decimals: 2}
  weight: {column: weight, optional: true, decimals: 3}
"""


@pytest.fixture
def form(tmp_path):
    """Write a format with these lines before its columns; returns its path."""

    def write(*lines):
        path = tmp_path / "own.yaml"
        path.write_text(FORM.replace("columns:", "\n".join((*lines, "columns:"))), "utf-8")
        return str(path)

    return write


def table(written, *values):
    rows = (f"{number:03};{value}" for number, value in enumerate(values))
    return written("partner;value", *rows)


def values_of(home, column="value::varchar"):
    return [row for (row,) in rows_of(home, f"select {column} from detail order by partner")]


# What a format says, what a table prints, and what that means.
AS_PRINTED = {
    "decimal comma": (
        ['decimal: ","'],
        {"1234,5": "1234.50", "-7": "-7.00", ",25": "0.25", "61,90": "61.90", "+3,": "3.00"},
    ),
    "German": (
        ['decimal: ","', 'thousands: "."'],
        {"1.234,5": "1234.50", "12.345.678,90": "12345678.90", "1234,5": "1234.50"},
    ),
    "French": (
        ['decimal: ","', 'thousands: " "'],
        {f"1{NARROW}234,5": "1234.50", f"9{NO_BREAK}876": "9876.00", "27 011": "27011.00"},
    ),
    "thin spaces": (['thousands: "\\u2009"'], {f"1{THIN}234.5": "1234.50", "27 011": "27011.00"}),
    "Swiss": (
        ['thousands: "\'"'],
        {"1'234'567.25": "1234567.25", "1\u2019234": "1234.00"},
    ),
    "Indian": (
        ['thousands: ","', "marks: {p: provisional}"],
        {"1,52,345": "152345.00", "21,50,325.03 p": "2150325.03"},
    ),
    "long minus": (['decimal: ","'], {"\u22121234,5": "-1234.50"}),
}


@pytest.mark.parametrize("style", AS_PRINTED)
def test_numbers_are_read_as_the_office_prints_them(style, form, tmp_path, written):
    lines, numbers = AS_PRINTED[style]
    done = loaded_file(tmp_path / "home", table(written, *numbers), form(*lines))
    assert done.files[0].quarantined == 0
    assert values_of(tmp_path / "home") == list(numbers.values())


REFUSED = {
    "comma, nothing said": ((), "12,345", 'thousands: "," (a whole number) or decimal: ","'),
    "two decimals": ((), "61,90", 'say in the format: decimal: ","'),
    "German, nothing said": ((), "1.234,5", 'decimal: "," and thousands: "."'),
    "spaces, nothing said": ((), "12 345,6", 'decimal: "," and thousands: " "'),
    "point for a comma": (('decimal: ","',), "1.234,5", 'decimal: "," and thousands: "."'),
    "comma for a point": (('thousands: "\'"',), "61,9", 'decimal: ","'),
    "groups of two": (
        ('thousands: "."', 'decimal: ","'),
        "12.34",
        'say in the format: decimal: "."',
    ),
    "digits lost": (('decimal: ","',), "1,2E+11", "has lost digits"),
    "in words": ((), "many", "in nulls or in marks"),
    "a mark": ((), "12 p", "in marks"),
    "two marks": (("marks: {p: provisional}",), "12 p p", "in marks"),
    "too many digits": (('decimal: ","',), "1" * 19, "has too many digits"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_number_that_is_written_otherwise_is_refused_with_what_to_say(
    case, form, tmp_path, written
):
    lines, text, told = REFUSED[case]
    with pytest.raises(FormError) as refused:
        loaded_file(tmp_path / "home", table(written, "5", text), form(*lines))
    assert f":3: value {text!r}: " in str(refused.value)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (['thousands: "."'], r":3: thousands '\.': must be one ASCII sign .* says decimal: \",\""),
        (['thousands: ","', 'decimal: ","'], "thousands ',': cannot be what begins the decimals"),
        (['decimal: ";"'], ":3: decimal ';': must be '.' or ','"),
        (["marks: {5: provisional}"], r":3: marks\.5.*without digits and quotes"),
        (["marks: {p: perhaps}"], r":3: marks\.p 'perhaps': is no status"),
        (['nulls: ["", x]', "marks: {x: confidential}"], "'x' stands in nulls and in marks"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(lines, told, form):
    with pytest.raises(FormError, match=told):
        format.read(form(*lines))


@pytest.mark.parametrize("text", ["12,34", "12,301"])
def test_a_finer_number_than_the_format_says_is_refused(text, form, tmp_path, written):
    path = tmp_path / "coarse.yaml"
    path.write_text(FORM.replace("decimals: 2", "decimals: 1, factor: 1000"), "utf-8")
    path.write_text('decimal: ","\n' + path.read_text("utf-8"), "utf-8")
    with pytest.raises(FormError, match=f":4: value '{text}': has more decimals"):
        loaded_file(tmp_path / "home", table(written, "1,5", "1,50", text), str(path))


MARKS = 'marks: {p: provisional, r: normal, c: confidential, ": c": confidential, "..": missing}'


def test_a_mark_keeps_its_number_and_becomes_its_status(form, tmp_path, written):
    printed = ("123 p", "1,5(r)", "c", ": c", "..", "", "-", "7")
    lines = ('decimal: ","', 'nulls: ["", "-"]', MARKS)
    done = loaded_file(tmp_path / "home", table(written, *printed), form(*lines))
    assert (done.files[0].accepted, done.files[0].blank) == (6, 2)
    query = "select value::varchar, status from detail order by partner"
    assert rows_of(tmp_path / "home", query) == [
        ("123.00", "P"),
        ("1.50", "A"),
        (None, "Q"),
        (None, "Q"),
        (None, "O"),
        ("7.00", None),
    ]


def test_a_cell_that_is_no_number_is_set_aside_with_its_line(form, tmp_path, written):
    values = [f"{number},5;1" for number in range(300)]
    values[7] = "many;1"
    values[200] = "3;heavy"
    path = written("partner;value;weight", *(f"{n:03};{value}" for n, value in enumerate(values)))
    done = loaded_file(tmp_path / "home", path, form('decimal: ","'))
    (counts,) = done.files
    assert (counts.read, counts.accepted, counts.quarantined) == (300, 298, 2)
    assert [(p.line, p.field, p.value) for p in done.problems] == [
        (9, "value", "many"),
        (202, "weight", "heavy"),
    ]


NOTATIONS = st.sampled_from(
    [(",", "."), (",", " "), (",", ""), (".", "'"), (".", " "), (".", "_"), (",", "'")]
)


def printed(number, decimal, group):
    whole, _, fraction = f"{abs(number):,}".partition(".")
    sign = "-" if number < 0 else ""
    return sign + whole.replace(",", group) + (decimal + fraction if fraction else "")


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    notation=NOTATIONS,
    numbers=st.lists(
        st.decimals(min_value=-(10**15), max_value=10**15, places=2), min_size=1, max_size=40
    ),
)
def test_what_is_printed_is_what_is_read(notation, numbers, form, tmp_path_factory):
    decimal, group = notation
    folder = tmp_path_factory.mktemp("printed")
    path = folder / "table.csv"
    rows = [f"{n:03};{printed(number, decimal, group)}" for n, number in enumerate(numbers)]
    path.write_text("\n".join(("partner;value", *rows)), "utf-8")
    loaded_file(folder / "home", path, form(f'decimal: "{decimal}"', f'thousands: "{group}"'))
    assert [Decimal(value) for value in values_of(folder / "home")] == numbers
