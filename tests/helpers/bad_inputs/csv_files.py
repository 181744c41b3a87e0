"""Bad CSV."""

import gzip

from tests.helpers.bad_inputs import (
    A_PERIOD,
    AS_PRINTED,
    CELLS,
    CUT_OFF,
    FIGURE,
    GOOD,
    HEADER,
    ID_LIKE,
    NO_HEADER,
    NO_ROWS,
    Case,
    row,
)

CASES = [
    Case("BOM", "\ufeff" + HEADER + GOOD, "normalised", FIGURE),
    Case("CRLF", (HEADER + GOOD).replace("\n", "\r\n"), "normalised", FIGURE),
    Case("lines of old Macs", (HEADER + GOOD).replace("\n", "\r"), "normalised", FIGURE),
    Case("blank lines", HEADER + "\n" + GOOD + "\n,,,,,\n", "normalised", FIGURE),
    Case(
        "spaces around cells",
        HEADER + " a , s, 成都市 ,trade, 2020-03 , 2016.6亿元 \n",
        "normalised",
        FIGURE,
    ),
    Case(
        "GB18030, undeclared",
        (HEADER + GOOD).encode("gb18030"),
        "rejected",
        ":2: byte 37 is not UTF-8; save the file as UTF-8, or say that it is GB18030: figures.gb18030.csv",
    ),
    Case(
        "GB18030, declared",
        (HEADER + GOOD).encode("gb18030"),
        "normalised",
        FIGURE,
        "figures.gb18030.csv",
    ),
    Case(
        "UTF-8, declared as GB18030",
        HEADER + GOOD,
        "rejected",
        ": is UTF-8, although its name says GB18030; take .gb18030 out of its name",
        "figures.gb18030.csv",
    ),
    Case(
        "not GB18030, though declared",
        HEADER.encode() + b"\xff\xff\n",
        "rejected",
        ":2: byte 33 is not GB18030; save the file as UTF-8",
        "figures.gb18030.csv",
    ),
    Case(
        "UTF-16",
        (HEADER + GOOD).encode("utf-16"),
        "rejected",
        ":1: byte 0 is not UTF-8; save the file as UTF-8",
    ),
    Case(
        "UTF-16 without BOM",
        HEADER.encode("utf-16-le"),
        "rejected",
        ":1: control character U+0000; remove it; is this a text file?",
    ),
    Case(
        "NUL",
        HEADER + row(area="成都\0市"),
        "rejected",
        ":2: control character U+0000; remove it; is this a text file?",
    ),
    Case(
        "escape sequence",
        HEADER + row(area="\x1b[31m成都市"),
        "rejected",
        ":2: control character U+001B; remove it; is this a text file?",
    ),
    Case(
        "unclosed quote",
        HEADER + row(area='"成都市') + row(id="b"),
        "rejected",
        ":2: the row that starts here is not well-formed CSV: unexpected end of data; close each quote, and double a quote within quotes",
    ),
    Case(
        "stray quote",
        HEADER + row(area='"成都"市'),
        "rejected",
        ":2: the row that starts here is not well-formed CSV: ',' expected after '\"'; close each quote, and double a quote within quotes",
    ),
    Case("quote within a name", HEADER + row(area='成都"市'), "normalised", FIGURE),
    Case(
        "short row",
        HEADER + GOOD + "b,s,成都市\n",
        "rejected",
        ":3: 3 cells under 6 columns" + CELLS,
    ),
    Case(
        "long row",
        HEADER + "a,s,成都市,trade,2020-03,2016.6亿元,x\n",
        "rejected",
        ":2: 7 cells under 6 columns" + CELLS,
    ),
    Case(
        "thousands comma shifts the row",
        HEADER + row(value="1,234亿元"),
        "rejected",
        ":2: 7 cells under 6 columns" + CELLS,
    ),
    Case(
        "thousands comma, quoted",
        HEADER + row(value='"1,234亿元"'),
        "accepted",
        {"s/a": "CN-5101 2020-03 [123350000000, 123450000000] CNY"},
    ),
    Case(
        "thousands comma in the wrong place",
        HEADER + row(value='"12,34亿元"'),
        "rejected",
        ":2: value '12,34亿元': read '12' and stopped at ',', character 3, where a group of three digits was expected; if ',' is its decimal mark, say `decimal: ','` of the source",
    ),
    Case(
        "truncated last row",
        HEADER + GOOD + "b,s,成都市,trade,2020-0",
        "rejected",
        ":3: 5 cells under 6 columns" + CELLS,
    ),
    Case("last row without its end", HEADER + GOOD.strip(), "rejected", CUT_OFF.format(2)),
    Case(
        "truncated to another period",
        "id,source,area,flow,value,period\na,s,成都市,trade,1亿元,2020-01",
        "rejected",
        CUT_OFF.format(2),
    ),
    Case(
        "truncated within the last value",
        HEADER + GOOD + "b,s,成都市,trade,2020-02,2016.",
        "rejected",
        CUT_OFF.format(3),
    ),
    Case("missing header", GOOD, "rejected", NO_HEADER),
    Case(
        "renamed column",
        HEADER.replace("value", "amount") + GOOD,
        "rejected",
        ":2: amount '2016.6亿元': is no field of a record; write value instead of amount, or take it out",
    ),
    Case(
        "renamed needed column",
        HEADER.replace("source", "src") + GOOD,
        "rejected",
        ":1: the first line names no column source; write source instead of src",
    ),
    Case(
        "duplicate column",
        "id,source,area,flow,period,value,value\n" + GOOD.strip() + ",1亿元\n",
        "rejected",
        ":1: value: stands twice in the header; name each column once",
    ),
    Case(
        "repeated header",
        HEADER + HEADER + GOOD,
        "rejected",
        ":2: id 'id': repeats the header; take this line away",
    ),
    Case(
        "reordered header",
        "value,period,flow,area,source,id\n2016.6亿元,2020-03,trade,成都市,s,a\n",
        "accepted",
        FIGURE,
    ),
    Case(
        "header in capitals",
        HEADER.upper() + GOOD,
        "rejected",
        ":1: the first line names no column id and no column source; write the names in lower case: id,source,area,flow,period,value",
    ),
    Case(
        "nameless column",
        HEADER.strip() + ",\n" + GOOD.strip() + ",\n",
        "rejected",
        ":1: column 7 is without a name; name it or take it out; a merged cell names only the first of its columns",
    ),
    Case(
        "semicolons",
        (HEADER + GOOD).replace(",", ";"),
        "rejected",
        ":1: the first line names no column id and no column source; separate the cells by commas, not by semicolons: id,source,area,flow,period,value; quote cells that hold a comma",
    ),
    Case(
        "tabs",
        (HEADER + GOOD).replace(",", "\t"),
        "rejected",
        ":1: the first line names no column id and no column source; separate the cells by commas, not by tabs: id,source,area,flow,period,value; quote cells that hold a comma",
    ),
    Case("full-width digits", HEADER + row(value="２０１６.６亿元"), "normalised", FIGURE),
    Case("full-width digits in a period", HEADER + row(period="２０２０-03"), "normalised", FIGURE),
    Case(
        "Chinese numerals",
        HEADER + row(value="二千零一十六亿元"),
        "normalised",
        {"s/a": "CN-5101 2020-03 [201550000000, 201650000000] CNY"},
    ),
    Case(
        "Chinese numeral of two readings",
        HEADER + row(value="三千五亿元"),
        "rejected",
        ":2: value '三千五亿元': read '三千' and stopped at '五', character 3, where a unit such as 元, 美元 or 吨 was expected"
        + AS_PRINTED,
    ),
    Case(
        "minus zero",
        HEADER + row(value="-0亿元"),
        "accepted",
        {"s/a": "CN-5101 2020-03 [-50000000, 50000000] CNY"},
    ),
    Case(
        "NaN",
        HEADER + row(value="NaN"),
        "rejected",
        ":2: value 'NaN': stopped at 'N', character 1, where a number such as 2016.6 or 一千二百 was expected"
        + AS_PRINTED,
    ),
    Case(
        "Inf",
        HEADER + row(value="Inf亿元"),
        "rejected",
        ":2: value 'Inf亿元': stopped at 'I', character 1, where a number such as 2016.6 or 一千二百 was expected"
        + AS_PRINTED,
    ),
    Case(
        "1e999",
        HEADER + row(value="1e999亿元"),
        "rejected",
        ":2: value '1e999亿元': read '1' and stopped at 'e', character 2, where a unit such as 元, 美元 or 吨 was expected"
        + AS_PRINTED,
    ),
    Case(
        "exponent",
        HEADER + row(value="2e3亿元"),
        "rejected",
        ":2: value '2e3亿元': read '2' and stopped at 'e', character 2, where a unit such as 元, 美元 or 吨 was expected"
        + AS_PRINTED,
    ),
    Case(
        "hexadecimal",
        HEADER + row(value="0x1F亿元"),
        "rejected",
        ":2: value '0x1F亿元': read '0' and stopped at 'x', character 2, where a unit such as 元, 美元 or 吨 was expected"
        + AS_PRINTED,
    ),
    Case(
        "underscore in a number",
        HEADER + row(value="1_000亿元"),
        "rejected",
        ":2: value '1_000亿元': read '1' and stopped at '_', character 2, where a unit such as 元, 美元 or 吨 was expected"
        + AS_PRINTED,
    ),
    Case(
        "no number",
        HEADER + row(value="亿元"),
        "rejected",
        ":2: value '亿元': stopped at '亿', character 1, where a number such as 2016.6 or 一千二百 was expected"
        + AS_PRINTED,
    ),
    Case(
        "no unit",
        HEADER + row(value="2016.6"),
        "rejected",
        ":2: value '2016.6': read '2016.6' and stopped at the end, where a unit such as 元, 美元 or 吨 was expected"
        + AS_PRINTED,
    ),
    Case(
        "unknown unit",
        HEADER + row(value="2016.6亿比索"),
        "rejected",
        ":2: value '2016.6亿比索': read '2016.6亿' and stopped at '比', character 8, where a unit such as 元, 美元 or 吨 was expected"
        + AS_PRINTED,
    ),
    Case(
        "two units",
        HEADER + row(value="2016.6亿元万吨"),
        "rejected",
        ":2: value '2016.6亿元万吨': read '2016.6亿元' and stopped at '万', character 9, where nothing more was expected"
        + AS_PRINTED,
    ),
    Case(
        "亿元, 万元 and 亿美元 mixed",
        HEADER
        + row()
        + row(id="b", value="20166000万元", period="2020-02")
        + row(id="c", value="285.2亿美元", period="2020-01"),
        "accepted",
        {
            "s/a": "CN-5101 2020-03 [201655000000, 201665000000] CNY",
            "s/b": "CN-5101 2020-02 [201659995000, 201660005000] CNY",
            "s/c": "CN-5101 2020-01 [28515000000, 28525000000] USD",
        },
    ),
    Case(
        "region NA",
        HEADER + row(area="NA"),
        "accepted",
        {"s/a": FIGURE["s/a"].replace("CN-5101", "NA")},
    ),
    Case("partner NA", HEADER.strip() + ",partner\n" + GOOD.strip() + ",NA\n", "accepted", FIGURE),
    Case(
        "region NA that is not available",
        HEADER + row(area="N/A"),
        "rejected",
        ":2: area 'N/A': is not in the code list geographies; write a code or name of codes/geographies.csv, or add it: crossfoot codes add geographies N-A --name-en N/A",
    ),
    Case(
        "007",
        HEADER + row(id="007"),
        "accepted",
        {"s/007": "CN-5101 2020-03 [201655000000, 201665000000] CNY"},
    ),
    Case(
        "value with leading zeros",
        HEADER + row(value="007亿元"),
        "rejected",
        ":2: value '007亿元': read '0' and stopped at '0', character 2, where a unit such as 元, 美元 or 吨 was expected"
        + AS_PRINTED,
    ),
    Case(
        "year alone of five digits",
        HEADER + row(period="02020"),
        "rejected",
        ":2: period '02020': '02020' is not a period" + A_PERIOD,
    ),
    Case(
        "30 February",
        HEADER + row(period="2016-02-30"),
        "rejected",
        ":2: period '2016-02-30': there is no day 30 in 2016-02 ('2016-02-30')" + A_PERIOD,
    ),
    Case(
        "month or day first",
        HEADER + row(period="03/04/2016"),
        "rejected",
        ":2: period '03/04/2016': '03/04/2016' is not a period" + A_PERIOD,
    ),
    Case(
        "month 13",
        HEADER + row(period="2020-13"),
        "rejected",
        ":2: period '2020-13': there is no month 13 ('2020-13')" + A_PERIOD,
    ),
    Case(
        "year 9999",
        HEADER + row(period="9999"),
        "rejected",
        ":2: period '9999': year 9999 in '9999' is not between 1700 and 2199" + A_PERIOD,
    ),
    Case(
        "year 0",
        HEADER + row(period="0000"),
        "rejected",
        ":2: period '0000': year 0 in '0000' is not between 1700 and 2199" + A_PERIOD,
    ),
    Case(
        "period backwards",
        HEADER + row(period="2020-04/2020-01"),
        "rejected",
        ":2: period '2020-04/2020-01': '2020-04/2020-01' ends before it begins" + A_PERIOD,
    ),
    Case(
        "period still to come",
        HEADER + row(period="2020-06"),
        "quarantined",
        {
            "s/a": "period 2020-06 had not ended when it was published (2020-05); write status: "
            "estimated or forecast, where it says so; else mend period or published"
        },
    ),
    Case(
        "homoglyph in a region",
        HEADER + row(area="СN"),
        "rejected",
        ":2: area 'СN': is not in the code list geographies; write a code or name of codes/geographies.csv (nearest: CN)",
    ),
    Case(
        "zero-width space in a region",
        HEADER + row(area="成都\u200b市"),
        "rejected",
        ":2: control character U+200B; remove it; is this a text file?",
    ),
    Case(
        "right-to-left override",
        HEADER + row(area="\u202e成都市"),
        "rejected",
        ":2: control character U+202E; remove it; is this a text file?",
    ),
    Case(
        "joiner in a region",
        HEADER + row(area="成\u200d都市"),
        "rejected",
        ":2: area '成\\u200d都市': is not in the code list geographies; write a code or name of codes/geographies.csv (nearest: 成都市, 荣成市, 昌都市)",
    ),
    *(
        Case(
            f"note that begins as a formula with {note[0]}",
            HEADER.strip() + ",note\n" + GOOD.strip() + f',"{note}"\n',
            "rejected",
            f":2: note {note!r}: begins with {note[0]!r}, as a spreadsheet's formula does; begin with a letter, digit or quotation mark",
        )
        for note in ("=1+1", "@SUM(1)", "+1-1", "-2+3+cmd|' /C calc'!A0", "＝1+1", "＋1")
    ),
    Case(
        "markup and SQL in a note",
        HEADER.strip() + ",note\n" + GOOD.strip() + ",<script>'); drop table figures; --\n",
        "accepted",
        FIGURE,
    ),
    Case(
        "growth of a million per cent",
        HEADER.strip() + ",growth\n" + GOOD.strip() + ",1000000%\n",
        "accepted",
        {"s/a": "CN-5101 2020-03 [201655000000, 201665000000] CNY growth [9999.995, 10000.005]"},
    ),
    Case(
        "growth of a thousand million per cent",
        HEADER.strip() + ",growth\n" + GOOD.strip() + ",1000000000%\n",
        "rejected",
        ":2: growth '1000000000%': is larger than any trade figure; write it as printed: 20.3%, -5%, 翻倍, 增长1.2倍",
    ),
    Case(
        "amount of 16 digits",
        HEADER + row(value="1234567890123456元"),
        "accepted",
        {"s/a": "CN-5101 2020-03 [1234567890123455.5, 1234567890123456.5] CNY"},
    ),
    Case(
        "amount of 19 digits with decimals",
        HEADER + row(value="1234567890123456789.12元"),
        "accepted",
        {"s/a": "CN-5101 2020-03 [1234567890123456789.115, 1234567890123456789.125] CNY"},
    ),
    Case(
        "amount beyond any trade",
        HEADER + row(value="999999999999999999999亿元"),
        "rejected",
        ":2: value '999999999999999999999亿元': is larger than any trade figure" + AS_PRINTED,
    ),
    Case(
        "amount of 70 digits",
        HEADER + row(value="9" * 70 + "元"),
        "rejected",
        ":2: value '9999999999999999999999999999999999999999999999999999999999999999999999元': stopped at '9', character 61, where the end (a printed figure has at most 60 characters) was expected"
        + AS_PRINTED,
    ),
    Case(
        "same id, same content",
        HEADER + GOOD + GOOD,
        "rejected",
        ":3: id 'a': is the id of another figure of this source (figures.csv:2); give each figure its own id",
    ),
    Case(
        "same id, other content",
        HEADER + GOOD + row(value="2016.7亿元"),
        "rejected",
        ":3: id 'a': is the id of another figure of this source (figures.csv:2); give each figure its own id",
    ),
    Case(
        "other id, same content",
        HEADER + GOOD + row(id="b"),
        "quarantined",
        {"s/b": "repeats s/a of the same source to the letter"},
    ),
    Case(
        "id with a path",
        HEADER + row(id="../../etc/passwd"),
        "rejected",
        ":2: id '../../etc/passwd': is not well formed" + ID_LIKE.format("etc-passwd"),
    ),
    Case(
        "part of a path",
        HEADER.strip() + ",part_of\n" + GOOD.strip() + ",../../etc/passwd\n",
        "rejected",
        ":2: part_of '../../etc/passwd': is not well formed" + ID_LIKE.format("etc-passwd"),
    ),
    Case(
        "two vintages of one figure",
        HEADER + GOOD + row(source="later"),
        "accepted",
        {
            "later/a": "CN-5101 2020-03 [201655000000, 201665000000] CNY",
            "s/a": "CN-5101 2020-03 [201655000000, 201665000000] CNY",
        },
    ),
    Case(
        "source that nobody described",
        HEADER + row(source="t"),
        "rejected",
        ":2: source 't': is not described; add below sources: in sources.yaml: - {id: t, publisher: NAME, published: 2020-05-09}",
    ),
    Case(
        "SQL in an id",
        HEADER + row(id="a'; drop table figures; --"),
        "rejected",
        ':2: id "a\'; drop table figures; --": is not well formed'
        + ID_LIKE.format("a-drop-table-figures"),
    ),
    Case(
        "huge field",
        HEADER + row(area="成" * 2_001),
        "rejected",
        ":2: area '成成成成成成成成成成成成成成成成成成成成成成成成成成成成成成成成成成成成成成成成…': 2,001 characters is more than 2,000; shorten it",
    ),
    Case(
        "enormous field",
        HEADER + row(area="成" * 100_000),
        "rejected",
        ":2: the row that starts here is not well-formed CSV: field larger than field limit (8000); close each quote, and double a quote within quotes",
    ),
    Case("empty file", "", "rejected", NO_HEADER),
    Case("only blank lines", "\n\n", "rejected", NO_HEADER),
    Case("header only", HEADER, "rejected", NO_ROWS),
    Case(
        "gzip as CSV",
        gzip.compress((HEADER + GOOD).encode(), mtime=0),
        "rejected",
        ": is compressed by gzip; unpack it, or name it for what it is",
    ),
    Case("HTML as CSV", "<!DOCTYPE html><html><body>404</body></html>", "rejected", NO_HEADER),
    Case(
        "binary", bytes(range(256)), "rejected", ":2: byte 128 is not UTF-8; save the file as UTF-8"
    ),
    Case(
        "column of a record that is none",
        HEADER.strip() + ",colour\n" + GOOD.strip() + ",red\n",
        "rejected",
        ":2: colour 'red': is no field of a record; name a field, or take it out",
    ),
]
