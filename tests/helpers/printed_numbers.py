"""Numbers as statistical offices print them, with what each means.

Belongs here: the style of each office, written by hand, and numbers put into it; what they mean is
counted here and not by the parser. `python -m tests.helpers.printed_numbers` writes the file that
the tests read. Does not belong here: the tests.
"""

import csv
import random
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parent / "printed_numbers.csv"
COLUMNS = (
    *("office", "decimal", "currency", "language", "unit", "text"),
    *("value", "lower", "upper", "base", "status", "confidentiality"),
)
EACH = 32  # numbers of an office


class Office(NamedTuple):
    """How an office prints: its marks, the frames around a number, its minus and its status marks.

    A frame is the text with `{}` for the number, then its power of ten and its base unit.
    """

    name: str
    decimal: str
    group: str
    currency: str
    language: str
    frames: str
    minus: str = "-{}"
    marks: str = ""
    unit: str = ""
    indian: bool = False


THIN, NARROW, NO_BREAK = "\u2009", "\u202f", "\u00a0"
OFFICES = (
    Office(
        "GACC China",
        ".",
        ",",
        "CNY",
        "zh",
        "{}亿元=8 CNY|{}万美元=4 USD|{}万吨=7 kg|{}万亿元人民币=12 CNY|{}百万元=6 CNY",
        "-{}",
    ),
    Office(
        "MOF Japan",
        ".",
        ",",
        "JPY",
        "ja",
        "{}百万円=6 JPY|{} million yen=6 JPY|¥{} billion=9 JPY|{}億円=8 JPY|{}兆円=12 JPY",
        "△{}",
        "{}p=P|{}r=R",
    ),
    Office(
        "Destatis",
        ",",
        ".",
        "EUR",
        "de",
        "{} Mio. Euro=6 EUR|{} Mrd. EUR=9 EUR|{} Tsd. EUR=3 EUR|{} Tonnen=3 kg|"
        "{} Millionen Euro=6 EUR",
        "–{}",
        "{} p=P|{} r=R",
    ),
    Office(
        "INSEE",
        ",",
        NARROW,
        "EUR",
        "fr",
        "{} M€=6 EUR|{} millions d'euros=6 EUR|{} Md€=9 EUR|{} milliards d'euros=9 EUR|{} k€=3 EUR",
        "−{}",
        "{} (r)=R|{} (p)=P",
    ),
    Office(
        "ISTAT",
        ",",
        ".",
        "EUR",
        "it",
        "{} milioni di euro=6 EUR|{} mln €=6 EUR|{} miliardi di euro=9 EUR|{} tonnellate=3 kg",
        "-{}",
        "{} (p)=P",
    ),
    Office(
        "INE Spain",
        ",",
        ".",
        "EUR",
        "es",
        "{} millones de euros=6 EUR|{} mil millones de euros=9 EUR|{} toneladas=3 kg",
        "-{}",
    ),
    Office(
        "Eurostat",
        ".",
        NO_BREAK,
        "EUR",
        "en",
        "{}=6 EUR",
        "-{}",
        "{}p=P|{} e=E|{}b=B|{} u=U|{}r=R|{} d=D",
        unit="million EUR",
    ),
    Office(
        "ONS",
        ".",
        ",",
        "GBP",
        "en",
        "£{} million=6 GBP|£{}bn=9 GBP|£{}m=6 GBP|£ {} billion=9 GBP",
        "-{}",
        "{} (r)=R",
    ),
    Office(
        "US Census",
        ".",
        ",",
        "USD",
        "en",
        "${} billion=9 USD|${} million=6 USD|{} thousand barrels=3 barrel|${}=0 USD",
        "({})",
    ),
    Office(
        "StatCan",
        ".",
        ",",
        "CAD",
        "en",
        "${} billion=9 CAD|${}B=9 CAD|${}M=6 CAD|CAD {} million=6 CAD|{} $m=6 CAD",
        "-{}",
        "{} r=R|{} p=P|{} e=E",
    ),
    Office(
        "ABS",
        ".",
        ",",
        "AUD",
        "en",
        "${}m=6 AUD|{} $ million=6 AUD|A${} billion=9 AUD|{} kt=6 kg",
        "-{}",
        "{}r=R",
    ),
    Office(
        "DGCI&S India",
        ".",
        ",",
        "INR",
        "en",
        "Rs. {} crore=7 INR|₹ {} lakh=5 INR|{} crore rupees=7 INR|₹{} lakh crore=12 INR|"
        "Rs {} cr.=7 INR|US$ {} million=6 USD",
        "-{}",
        indian=True,
    ),
    Office(
        "GSO Viet Nam",
        ",",
        ".",
        "VND",
        "vi",
        "{} tỷ USD=9 USD|{} triệu USD=6 USD|{} nghìn tỷ đồng=12 VND|{} nghìn tấn=6 kg|"
        "{} tỷ đồng=9 VND",
        "-{}",
    ),
    Office(
        "BPS Indonesia",
        ",",
        ".",
        "IDR",
        "id",
        "US$ {} miliar=9 USD|Rp {} triliun=12 IDR|US$ {} juta=6 USD|{} ribu ton=6 kg|"
        "Rp{} miliar=9 IDR",
        "-{}",
    ),
    Office(
        "KCS Korea",
        ".",
        ",",
        "KRW",
        "ko",
        "{}억 달러=8 USD|{}백만 달러=6 USD|{}조원=12 KRW|{}억원=8 KRW|US${} million=6 USD",
        "△{}",
        "{}p=P",
    ),
    Office(
        "Rosstat",
        ",",
        " ",
        "RUB",
        "ru",
        "{} млн долл. США=6 USD|{} млрд руб.=9 RUB|{} тыс. тонн=6 kg|{} млн рублей=6 RUB|"
        "{} трлн руб.=12 RUB",
        "–{}",
    ),
    Office(
        "MDIC Brazil",
        ",",
        ".",
        "BRL",
        "pt",
        "US$ {} bilhões=9 USD|R$ {} milhões=6 BRL|US$ {} mil=3 USD|US$ {} mi=6 USD|"
        "{} mil toneladas=6 kg",
        "-{}",
    ),
    Office(
        "INEGI Mexico",
        ".",
        ",",
        "MXN",
        "es",
        "{} millones de dólares=6 USD|${} millones=6 MXN|{} mil millones de pesos=9 MXN",
        "-{}",
    ),
    Office(
        "SARS South Africa",
        ".",
        " ",
        "ZAR",
        "en",
        "R{} million=6 ZAR|R{} billion=9 ZAR|R {} bn=9 ZAR|ZAR {}=0 ZAR",
        "-{}",
    ),
    Office(
        "BFS Switzerland",
        ".",
        "’",
        "CHF",
        "de",
        "{} Mio. CHF=6 CHF|CHF {} Mio.=6 CHF|{} Mrd. Franken=9 CHF|{} t=3 kg|Fr. {}=0 CHF",
        "–{}",
    ),
    Office(
        "SCB Sweden",
        ",",
        " ",
        "SEK",
        "sv",
        "{} miljoner kronor=6 SEK|{} mn kr=6 SEK|{} miljarder kr=9 SEK|{} tusen ton=6 kg|"
        "{} SEK=0 SEK",
        "−{}",
    ),
    Office(
        "CBS Netherlands",
        ",",
        ".",
        "EUR",
        "nl",
        "{} mln euro=6 EUR|{} mld euro=9 EUR|€ {} miljoen=6 EUR|{} miljard euro=9 EUR",
        "-{}",
    ),
    Office(
        "TurkStat",
        ",",
        ".",
        "TRY",
        "tr",
        "{} milyar dolar=9 USD|{} milyon dolar=6 USD|{} milyon TL=6 TRY|{} bin ton=6 kg",
        "-{}",
    ),
    Office(
        "DOSM Malaysia",
        ".",
        ",",
        "MYR",
        "en",
        "RM{} billion=9 MYR|RM {} million=6 MYR|RM{} trillion=12 MYR|{} tonnes=3 kg",
        "-{}",
        "{}p=P|{}e=E",
    ),
    Office(
        "MoC Thailand",
        ".",
        ",",
        "THB",
        "th",
        "{} ล้านบาท=6 THB|{} ล้านดอลลาร์สหรัฐ=6 USD|{} พันล้านบาท=9 THB|"
        "{} แสนล้านบาท=11 THB|US$ {} million=6 USD",
        "-{}",
    ),
    Office(
        "C&SD Hong Kong",
        ".",
        ",",
        "HKD",
        "en",
        "HK${} billion=9 HKD|${} million=6 HKD|HK${} million=6 HKD|{}億港元=8 HKD|{}億元=8 HKD",
        "-{}",
    ),
    Office(
        "MOF Taiwan",
        ".",
        ",",
        "TWD",
        "zh",
        "{}億美元=8 USD|{}億元=8 TWD|新臺幣{}億元=8 TWD|NT${} billion=9 TWD|{}萬公噸=7 kg|"
        "{}兆元=12 TWD",
        "-{}",
    ),
    Office(
        "SingStat",
        ".",
        ",",
        "SGD",
        "en",
        "S${} million=6 SGD|${} billion=9 SGD|$ {} mil.=6 SGD|{} TEUs=0 TEU",
        "({})",
    ),
    Office(
        "GUS Poland",
        ",",
        NO_BREAK,
        "PLN",
        "pl",
        "{} mln zł=6 PLN|{} mld zł=9 PLN|{} mln EUR=6 EUR|{} tys. ton=6 kg|{} tys. zł=3 PLN",
        "-{}",
    ),
    Office(
        "CZSO",
        ",",
        THIN,
        "CZK",
        "cs",
        "{} mld. Kč=9 CZK|{} mil. Kč=6 CZK|{} mil. korun=6 CZK|{} tis. Kč=3 CZK",
        "-{}",
    ),
    Office(
        "EIA",
        ".",
        ",",
        "USD",
        "en",
        "{} million barrels=6 barrel|{} mb/d=6 bpd|{} MWh=3 kWh|{} GWh=6 kWh|"
        "{} million tonnes=9 kg",
        "-{}",
    ),
    Office(
        "SSB Norway",
        ",",
        " ",
        "NOK",
        "nb",
        "{} mill. kr=6 NOK|{} mrd. kroner=9 NOK|{} tusen tonn=6 kg|NOK {} millioner=6 NOK",
        "-{}",
    ),
)


def split(text: str) -> list[list[str]]:
    """The entries of `a=b|c=d`."""
    return [entry.rsplit("=", 1) for entry in text.split("|") if entry]


def grouped(whole: str, office: Office) -> str:
    """The digits of a whole number in the groups of an office."""
    if len(whole) < 4:
        return whole
    rest, tail = whole[:-3], whole[-3:]
    size, groups = 2 if office.indian else 3, [tail]
    while rest:
        rest, group = rest[:-size], rest[-size:]
        groups.insert(0, group)
    return office.group.join(groups)


def cases(office: Office, chance: random.Random):
    """Numbers of an office: the text, and the columns that say what it means."""
    frames, known = split(office.frames), split(office.marks)
    for count in range(EACH):
        frame, meaning = frames[count % len(frames)]
        power, base = int(meaning.split()[0]), meaning.split()[1]
        digits = str(chance.randrange(1, 10 ** chance.randrange(1, 8)))
        places = chance.choice((0, 0, 1, 1, 2))
        decimals = "".join(chance.choice("0123456789") for _ in range(places))
        number = Decimal(f"{digits}.{decimals}" if decimals else digits)
        printed = grouped(digits, office) + (office.decimal + decimals if decimals else "")
        sign, text = 1, frame.format(printed)
        if count % 8 == 5:
            sign = -1
            text = (
                frame.format(office.minus.format(printed))
                if office.minus == "({})"
                else (office.minus.format(text))
            )
        status = ""
        if known and count % 8 in (2, 7):
            mark, status = known[count % len(known)]
            glued = text[-1:].isdigit() or frame[-1:] > "\u3000"
            text = mark.format(text if glued or " {" in mark or "} " in mark else f"{text} ")
        value = sign * number.scaleb(power)
        half = Decimal(5).scaleb(power - places - 1)
        yield text, value, value - half, value + half, base, status, ""


def refused_or_missing():
    """By hand: marks instead of numbers, and texts whose reading is open."""
    de, en, none = (",", "EUR", "de"), (".", "USD", "en"), ("", "", "")
    million = "million EUR"
    for mark, status, secret in (
        *((mark, "O", "") for mark in ("..", "...", "…", ":", "-", "–", "n.a.", "*", "n/a")),
        *(("x", "Q", "C"), ("c", "Q", "C"), (": c", "Q", "C"), ("F", "U", "")),
    ):
        yield ("marks", *de, million, mark, "", "", "", "", status, secret)
    for notation, texts in (
        ((*none, ""), "1.234 EUR|1,234 EUR|$5 million|5 kr|¥5,000 million|5 rupees|12 pounds|5元"),
        ((*none, ""), "1.234 t|12,345 kg|1.23.456 t|1,23 456 t|007 t|12 345.678.901 t"),
        ((*en, ""), "12,5 EUR|1,23,45 t|12,34,567,8 t|1,2345 t|1 23 t|¥5 million|12 MT|12 mt"),
        ((*en, ""), "5 krone|1.2.3 t|12.5 mil t|1 234,5 t|(5 t|--5 t|-(5) t|5 million thousand t"),
        ((*de, ""), "1.5 Mio. EUR|136.7 Mrd. EUR|1.23.456 EUR|1 Billion EUR"),
        ((*de, million), "12,5k|123 s|1.2|12,5 q|Infinity|½"),
    ):
        for text in texts.split("|"):
            yield ("open", *notation, text, "refused", "", "", "", "", "")


def rows():
    """All rows of the file."""
    chance = random.Random(20)
    for office in OFFICES:
        for text, *means in cases(office, chance):
            shown = [f"{m:f}" if isinstance(m, Decimal) else m for m in means]
            notation = (office.decimal, office.currency, office.language, office.unit)
            yield (office.name, *notation, text, *shown)
    yield from refused_or_missing()


if __name__ == "__main__":
    with FILE.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows((COLUMNS, *rows()))
