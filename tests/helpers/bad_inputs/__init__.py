"""The matrix of bad inputs: each file, and exactly what must become of it.

Belongs here: files as bytes, one table a format. The test that feeds them in is
tests/warehouse/records/test_bad_inputs.py; what a source prints is `s`, described in the `sources.yaml` beside.
"""

from dataclasses import dataclass

SOURCES = """\
sources:
- {id: s, publisher: P, published: 2020-05}
- {id: later, publisher: P, published: 2020-06}
"""
HEADER = "id,source,area,flow,period,value\n"
GOOD = "a,s,成都市,trade,2020-03,2016.6亿元\n"
FIGURE = {"s/a": "CN-5101 2020-03 [201655000000, 201665000000] CNY"}  # what GOOD stands for
COLUMNS = ("id", "source", "area", "flow", "period", "value")
# What many messages end with.
AS_PRINTED = "; write it as printed, with its unit: 2016.6亿元, 96.04万吨, CNY 201.66 billion"
A_PERIOD = "; write 2020-01/2020-04, 2020-03, 2020-Q1, 2020-H1, 2020, 2020-05-08 or ../2020-05-08"
ID_LIKE = "; use lower-case letters of any script, digits, '-', '.' and '_', such as {}"
AN_ID = ID_LIKE.format("chengdu-exports")
CELLS = '; give every column a cell; quote a cell that holds a comma: "1,234亿元"'
NO_HEADER = (
    ":1: the first line names no column id and no column source; "
    "name the columns there, separated by commas"
)
CUT_OFF = (
    ":{}: the last line has no line end: is the file cut off?; "
    "end it with a line end once the file is complete"
)
NO_ROWS = ": the file holds no records; write some, or take the file away"
CHECK_YAML = "; check indentation, colons and quotes on this line and the one before"
ONE_OBJECT = '; write one object a line: {"id": "a", "source": "s", "value": "2016.6亿元"}'


@dataclass(frozen=True)
class Case:
    """A file and its fate.

    `fate` is rejected, quarantined, normalised (read as something else than is written, in a way
    that is sure) or accepted. `told` is every message of a rejection without the file's name,
    one a line, the reason of a quarantine, or else figure → what must be read.
    """

    name: str
    content: str | bytes
    fate: str
    told: object
    file: str = "figures.csv"
    checksum: str | None = None  # what stands beside the file


def row(**changes: str) -> str:
    """One line of CSV, good but for the changes."""
    cells = dict(zip(COLUMNS, GOOD.strip().split(","), strict=True)) | changes
    return ",".join(cells[column] for column in COLUMNS) + "\n"
