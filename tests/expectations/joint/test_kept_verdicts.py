"""Kept verdicts: never another answer than without them, whatever was changed in between."""

import json
import random
import subprocess
import sys

import pytest

from expectations.check import check
from expectations.joint import kept_verdicts, solving
from tests.conftest import ROOT
from warehouse import project

AREAS = ("DE", "FR", "US")
PARTNERS = ("CN", "JP", "KR")
LIMITS = ("bounds", "unchecked", "unbounded")


def entry(id_, value, **fields):
    return {"id": id_, "value": f"{value} million EUR", **fields}


def release(area, month):
    """The rows of one source: trade, its flows, and one of them by partner."""
    chance = random.Random(f"{area}{month}")
    exports, imports = chance.randint(900, 999), chance.randint(500, 599)
    head = {"area": area, "period": f"2020-{month:02}"}
    yield entry("trade", exports + imports, flow="trade", **head, growth="3.1%")
    yield entry("exports", exports, flow="exports", **head, growth="4.0%", disjoint="partner")
    yield entry("imports", imports, flow="imports", **head, growth="1.6%")
    for place, partner in enumerate(PARTNERS):
        part = {"partner": partner, "part_of": "exports", "share": f"{10 * (place + 1)}%"}
        yield entry(partner.lower(), exports * (place + 1) // 10, **part)
    if month > 1:
        yield entry(
            "year", 1500 * month, **head | {"period": f"2020-01/2020-{month:02}"}, flow="trade"
        )


def write(records, rows):
    lines = [f"- {{id: {id_}, publisher: P, published: 2020-12}}" for id_ in rows]
    (records / "sources.yaml").write_text("\n".join(["sources:", *lines, ""]), "utf-8")
    for source, entries in rows.items():
        fields = dict.fromkeys(name for row in entries for name in row)
        cells = [",".join(["source", *fields])]
        cells += [",".join([source, *(row.get(name, "") for name in fields)]) for row in entries]
        (records / f"{source}.csv").write_text("\n".join([*cells, ""]), "utf-8")


@pytest.fixture
def kept(own_project, monkeypatch):
    """A project with nine sources, of which every verdict is kept that can be."""
    monkeypatch.setattr(kept_verdicts, "LEAST", 1)
    (own_project / "records").mkdir()
    rows = {f"{area.lower()}-{m}": list(release(area, m)) for area in AREAS for m in (1, 2, 3)}
    write(own_project / "records", rows)
    return own_project, rows


def answers(folder, home, findings_only=False):
    """All that a check says, also when it cannot be made."""
    project.use(folder)
    try:
        checked = check(
            [folder / "records"],
            folder / "acknowledged.yaml",
            home=home,
            findings_only=findings_only,
        )
    except Exception as error:
        return repr(error)
    return json.dumps(checked.to_json())


def agree(folder):
    with_kept = answers(folder, folder / "data")
    assert with_kept == answers(folder, None)
    return json.loads(with_kept) if with_kept.startswith("{") else None


def figures_solved(monkeypatch):
    """How many figures the solver looks at in each check."""
    solved = []
    real = solving._solve

    def solve(connection, groups, *options):
        in_groups = [(name,) for group in groups for name in group]
        rows = solving.joined(solving.read_rows(connection, in_groups))
        solved.append(len(rows.figures))
        return real(connection, groups, *options)

    monkeypatch.setattr(solving, "_solve", solve)
    return solved


def test_only_what_has_changed_is_solved_again(kept, monkeypatch):
    folder, rows = kept
    solved = figures_solved(monkeypatch)
    answers(folder, folder / "data")
    rows["fr-2"][3]["value"] = "95 million EUR"
    write(folder / "records", rows)
    assert agree(folder)["bounds"]
    assert solved == [60, 7, 60]
    answers(folder, folder / "data")
    assert solved[3:] == [0]


def test_what_is_in_conflict_is_solved_each_time(kept, monkeypatch):
    folder, rows = kept
    rows["de-1"][0]["value"] = "99 million EUR"
    write(folder / "records", rows)
    assert agree(folder)["conflicts"]
    solved = figures_solved(monkeypatch)
    agree(folder)
    assert solved == [6, 60]


@pytest.mark.parametrize(
    "spoil", [lambda data: data[:-7], lambda data: b"", lambda data: data + b" "]
)
def test_a_damaged_file_is_passed_over_and_written_anew(kept, spoil, monkeypatch):
    folder, _ = kept
    answers(folder, folder / "data")
    (path,) = (folder / "data/cache").glob("*.duckdb")
    data = path.read_bytes()
    path.write_bytes(spoil(data))
    agree(folder)
    solved = figures_solved(monkeypatch)
    answers(folder, folder / "data")
    assert solved == [0]


def test_a_folder_that_cannot_be_written_is_let_be(kept):
    folder, _ = kept
    (folder / "data").write_text("no folder", "utf-8")
    agree(folder)


def edit(chance, folder, rows):
    """One change of those that people make."""
    source = chance.choice(sorted(rows))
    if not rows[source]:
        return
    row = chance.choice(rows[source])
    match chance.randrange(11):
        case 0 | 1:
            row["value"] = f"{chance.randint(50, 1500)} million EUR"
        case 2:
            row["growth"] = f"{chance.randint(-9, 9)}.{chance.randint(0, 9)}%"
        case 3:
            row["id"] = f"id-{chance.randint(0, 999)}"
        case 4:
            rows[source].remove(row)
        case 5:
            rows[source].remove(row)
            rows[chance.choice(sorted(rows))].append(row)
        case 6:
            row["part_of"] = f"{chance.choice(sorted(rows))}/{chance.choice(['trade', 'exports'])}"
        case 7:
            row["rank"], row["partner"] = str(chance.randint(1, 3)), chance.choice(PARTNERS)
        case 8:
            (folder / "codes").mkdir(exist_ok=True)
            unit = f"code,base,factor,dimension\nbox,box,1,{chance.choice(['count', 'mass'])}\n"
            (folder / "codes/units.csv").write_text(unit, "utf-8")
        case 9:
            settings = f'[project]\narea = "CN"\nfiscal_year_start = {chance.randint(1, 12)}\n'
            (folder / "crossfoot.toml").write_text(settings, "utf-8")
        case 10:
            row["partner"] = chance.choice(PARTNERS)


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(0, marks=pytest.mark.slow),
        *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 6)),
    ],
)
def test_random_edits_have_the_verdict_of_a_check_without_the_kept(kept, seed):
    folder, rows = kept
    chance = random.Random(seed)
    for _ in range(12):
        edit(chance, folder, rows)
        write(folder / "records", rows)
        # Verdicts without limits are kept for the next check of either kind.
        found = answers(folder, folder / "data", findings_only=True)
        if whole := agree(folder):
            assert json.loads(found) | {name: whole[name] for name in LIMITS} == whole


@pytest.mark.slow
def test_two_checks_at_once_do_not_harm_each_other(kept):
    folder, _ = kept
    command = [sys.executable, "-c", _CHECK, str(folder)]
    running = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    printed = {process.communicate()[0] for process in running}
    assert len(printed) == 1
    assert json.loads(printed.pop()) == agree(folder)
    assert len(list((folder / "data/cache").iterdir())) == 1


_CHECK = """
import json, sys
from pathlib import Path
from expectations import check as check_module
from expectations.check import check
from expectations.joint import kept_verdicts
from warehouse import project
kept_verdicts.LEAST = check_module.MANY = 1  # so that a second process helps
folder = Path(sys.argv[1])
project.use(folder)
checked = check([folder / "records"], folder / "acknowledged.yaml", home=folder / "data")
print(json.dumps(checked.to_json()))
"""
