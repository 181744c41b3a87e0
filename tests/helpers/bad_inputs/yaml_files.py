"""Bad YAML."""

from tests.helpers.bad_inputs import AS_PRINTED, CHECK_YAML, Case

YAML = "figures.yaml"
FIGURE = {"y/a": "CN-5101 2020-03 [201655000000, 201665000000] CNY"}
SOURCE = "source: {id: y, publisher: P, published: 2020-05}\nfigures:\n"
DEEP = "".join(f"{'  ' * i}- id: f{i}\n{'  ' * i}  of_which:\n" for i in range(30))
GOOD = {
    "id": "a",
    "area": "成都市",
    "flow": "trade",
    "period": "2020-03",
    "value": "2016.6亿元",
}


def figure(**changes: str) -> str:
    """A file of one figure, good but for the changes."""
    fields = ", ".join(f"{key}: {value}" for key, value in (GOOD | changes).items())
    return f"{SOURCE}- {{{fields}}}\n"


CASES = [
    Case(
        "YAML bomb",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nfigures: *c\n",
        "rejected",
        ":1: a 'a': anchors and aliases are not allowed; write the value out",
        YAML,
    ),
    Case(
        "alias of itself",
        "figures: &f\n- *f\n",
        "rejected",
        ":1: figures 'f': anchors and aliases are not allowed; write the value out",
        YAML,
    ),
    Case(
        "unsafe tag",
        "source: !!python/object/apply:os.system ['touch /tmp/owned']\n",
        "rejected",
        ":1: source 'tag:yaml.org,2002:python/object/apply:os.system': tags are not allowed; remove the tag",
        YAML,
    ),
    Case(
        "tag of a number",
        figure(rank="!!int 3"),
        "rejected",
        ":3: rank 'tag:yaml.org,2002:int': tags are not allowed; remove the tag",
        YAML,
    ),
    Case(
        "duplicate key",
        SOURCE + "- {id: a, id: b}\n",
        "rejected",
        ":3: id: stands twice in one mapping; keep one",
        YAML,
    ),
    Case(
        "merge key",
        SOURCE + "- id: a\n  <<: {area: CN}\n",
        "rejected",
        ":4: a key must be a plain word; write field: value",
        YAML,
    ),
    Case(
        "deep nesting",
        SOURCE + DEEP,
        "rejected",
        ":21: nested more than 20 deep; nest it less deep",
        YAML,
    ),
    Case(
        "nesting of brackets",
        "[" * 5000,
        "rejected",
        ":1: nested more than 20 deep; nest it less deep",
        YAML,
    ),
    Case("partner NO", figure(partner="NO"), "accepted", FIGURE, YAML),
    Case("partner NA", figure(partner="NA"), "accepted", FIGURE, YAML),
    Case(
        "id 012",
        figure(id="012"),
        "accepted",
        {"y/012": "CN-5101 2020-03 [201655000000, 201665000000] CNY"},
        YAML,
    ),
    Case(
        "value 012",
        figure(value="012"),
        "rejected",
        ":3: value '012': read '0' and stopped at '1', character 2, where a unit such as 元, 美元 or 吨 was expected"
        + AS_PRINTED,
        YAML,
    ),
    Case(
        "period that YAML reads as a date",
        figure(period="2020-03-08"),
        "accepted",
        {"y/a": "CN-5101 2020-03-08 [201655000000, 201665000000] CNY"},
        YAML,
    ),
    Case(
        "value that YAML reads in base 60",
        figure(value="12:30:45"),
        "rejected",
        ":3: value '12:30:45': read '12' and stopped at ':', character 3, where a unit such as 元, 美元 or 吨 was expected"
        + AS_PRINTED,
        YAML,
    ),
    Case(
        "trailing zero",
        figure(value="2016.60亿元"),
        "accepted",
        {"y/a": "CN-5101 2020-03 [201659500000, 201660500000] CNY"},
        YAML,
    ),
    Case(
        "null",
        figure(value="null"),
        "rejected",
        ":3: value 'null': stopped at 'n', character 1, where a number such as 2016.6 or 一千二百 was expected"
        + AS_PRINTED,
        YAML,
    ),
    Case(
        "empty value",
        figure(value=""),
        "rejected",
        ":3: value: is empty; write its value or leave the field out",
        YAML,
    ),
    Case(
        "second document",
        figure() + "---\n" + figure(),
        "rejected",
        ":4: a second document; keep one document in a file",
        YAML,
    ),
    Case(
        "tab",
        SOURCE + "\t- id: a\n",
        "rejected",
        ":3: not well-formed YAML: a tab indents this line; indent it with spaces, as many as the lines beside it",
        YAML,
    ),
    Case(
        "unclosed quote",
        SOURCE + "- id: 'a\n",
        "rejected",
        ":4: not well-formed YAML: found unexpected end of stream; close the quotation mark that opens in line 3",
        YAML,
    ),
    Case(
        "percent sign first",
        SOURCE + "- {id: a, growth: %20}\n",
        "rejected",
        ":3: not well-formed YAML: found character that cannot start any token" + CHECK_YAML,
        YAML,
    ),
    Case(
        "lone surrogate",
        SOURCE + '- {id: a, note: "\\ud800"}\n',
        "rejected",
        ":3: not well-formed YAML: found invalid Unicode character escape code" + CHECK_YAML,
        YAML,
    ),
    Case(
        "NUL by escape",
        SOURCE + '- {id: a, note: "\\0"}\n',
        "rejected",
        ":3: note '\\x00': control character U+0000; remove it",
        YAML,
    ),
    Case(
        "GB18030, undeclared",
        figure().encode("gb18030"),
        "rejected",
        ":3: byte 75 is not UTF-8; save the file as UTF-8, or say that it is GB18030: figures.gb18030.yaml",
        YAML,
    ),
    Case(
        "GB18030, declared",
        figure().encode("gb18030"),
        "normalised",
        FIGURE,
        "figures.gb18030.yaml",
    ),
    Case(
        "UTF-16",
        figure().encode("utf-16"),
        "rejected",
        ":1: byte 0 is not UTF-8; save the file as UTF-8",
        YAML,
    ),
    Case("BOM", "\ufeff" + figure(), "normalised", FIGURE, YAML),
    Case("CRLF", figure().replace("\n", "\r\n"), "normalised", FIGURE, YAML),
    Case("empty", "", "rejected", ":1: the file is empty; write source and figures", YAML),
    Case(
        "list at the top",
        "- a\n- b\n",
        "rejected",
        ":1: the file holds no records; write source: and figures:, or sources:",
        YAML,
    ),
    Case(
        "text at the top",
        "hello\n",
        "rejected",
        ":1: the file holds no records; write source: and figures:, or sources:",
        YAML,
    ),
    Case(
        "source only", "source: {id: y, publisher: P, published: 2020-05}\n", "accepted", {}, YAML
    ),
    Case(
        "figures without a source",
        "figures: []\n",
        "rejected",
        ":1: figures without a source; write above them: source: {id: figures, publisher: NAME, published: 2020-05-09}",
        YAML,
    ),
    Case(
        "unknown part of the file",
        figure() + "extra: 1\n",
        "rejected",
        ":4: extra: is no part of a record file; use source, sources, figures, skipped",
        YAML,
    ),
    Case(
        "URL that is a script",
        figure().replace("published", "url: 'javascript:alert(1)', published"),
        "rejected",
        ":1: url 'javascript:alert(1)': is not well formed; write a plain http(s) address\n:1: source 'y': was rejected; mend the source",
        YAML,
    ),
    Case(
        "mixed vintages",
        "sources: [{id: y, publisher: P, published: 2020-05}, {id: y, publisher: P, published: 2020-06}]\n",
        "rejected",
        ":1: id 'y': is the id of a source in figures.yaml too; give each source its own id",
        YAML,
    ),
    Case(
        "vintage of a range",
        figure().replace("2020-05", "2020-05/2020-06"),
        "rejected",
        ":1: published '2020-05/2020-06': is not a date; write 2020, 2020-05 or 2020-05-09, as precise as known\n:1: source 'y': was rejected; mend the source",
        YAML,
    ),
    Case(
        "share of nothing",
        figure(share="20%"),
        "rejected",
        ":3: share '20%': is a share of nothing; name the whole in share_of or part_of",
        YAML,
    ),
    Case(
        "part of itself",
        figure(part_of="a"),
        "rejected",
        ":3: part_of 'a': leads back to itself; a total cannot be part of its own part",
        YAML,
    ),
    Case("HTML in a note", figure(note="<script>alert(1)</script>"), "accepted", FIGURE, YAML),
    Case("markup of the terminal in a note", figure(note="'[red]x[/]'"), "accepted", FIGURE, YAML),
]
