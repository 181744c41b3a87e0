"""Verdicts of the solver that are kept from one check to the next, by what they rest on.

No statement ties sources together that do not refer to each other, so that they are solved in
groups. All that the solver can see of a group is digested; where nothing of it has changed since an
earlier check, its verdict is taken from there. What is not in the digests the solver cannot see
either: it reads views of the other groups. Only complete verdicts without a conflict are kept.

Belongs here: which groups there are, their digests, and the file of kept verdicts. Does not belong
here: solving (solving.py), and rules, which are evaluated on everything every time.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import duckdb

from expectations.joint import solving
from expectations.joint.results import Bound, Joint
from expectations.joint.solving import Answers
from expectations.joint.storing import BOUNDS, store
from warehouse import project
from warehouse.store.load import define_macros
from warehouse.store.tables import fill, literal
from warehouse.system import storage
from warehouse.system.files import FormError

FOLDER = "cache"  # of the home
LEAST = 300  # figures: to solve fewer is as quick as to keep their verdicts
MOST = 500_000  # figures of which verdicts are kept, those that were used last

# What the solver reads of a source: the tables, and of which source a row is.
_OF_SOURCE = {
    "core.figures": "source_id",
    "core.sources": "source_id",
    "core.growth": "split_part(figure_id, '/', 1)",
    "core.printed_growth": "split_part(figure_id, '/', 1)",
    "core.levels": "source_id",
    "core.parts": "split_part(total_id, '/', 1)",
    "raw.figures": "source_id",
}
_OF_ALL = ("core.codes", "core.code_ancestors")
# What it knows beside these: the lists and rates of the project, and what that says of itself.
_LOOKED_UP = (("codes", "**/*"), ("rates", "**/*"))

_TEXT, _TEXTS = "VARCHAR", "VARCHAR[]"
_GROUPS = {"digest": _TEXT, "sources": _TEXTS, "figures": "INTEGER", "last_used": "BIGINT"}
_BOUND_ROWS = f"source_id, {', '.join(name for name in BOUNDS if name != 'source_id')}"


class _Group(NamedTuple):
    """Sources that refer to each other, and the digest of all that the solver reads of them."""

    digest: str
    sources: tuple[str, ...]


def solve(connection: duckdb.DuckDBPyConnection, home: Path) -> Joint:
    """As `solving.solve`, but with the verdicts kept in a folder of `home`; new ones are kept too.

    A file there that is not as it was written is passed over; a folder that cannot be written is
    let be.
    """
    surroundings = _surroundings()
    groups = _groups(connection)
    with _attached(connection, home / FOLDER, surroundings):
        rows = connection.execute("select digest from kept.groups").fetchall()
        known = {digest for (digest,) in rows}
        taken = [group for group in groups if group.digest in known]
        new = [group for group in groups if group.digest not in known]
        try:
            answers = _answers(connection, new)
        except duckdb.CatalogException:  # it reads what is not listed above
            answers, new, taken = solving.answer(connection), [], []
        joint = answers.joint
        store(connection, joint.conflicts, joint.bounds, answers.covered, answers.undetermined)
        joint = _joined(connection, joint, taken)
        with suppress(OSError, FormError, duckdb.Error):
            _keep(connection, home, surroundings, new, taken, answers)
    return joint


def _surroundings() -> str:
    """A digest of all that verdicts rest on beside the records: program, lists, settings."""
    digest = hashlib.sha256(f"{sys.version} {duckdb.__version__}".encode())
    for layer in project.LAYERS:
        for path in sorted((project.PACKAGE / layer).rglob("*")):
            if path.suffix in (".py", ".sql", ".csv"):
                status = path.stat()
                digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    for kind, pattern in _LOOKED_UP:
        for path in sorted(project.own(kind).glob(pattern)):
            if path.is_file():
                digest.update(f"{path}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    digest.update(repr(project.settings()).encode())
    return digest.hexdigest()[:16]


def _groups(connection: duckdb.DuckDBPyConnection) -> list[_Group]:
    """The sources in groups that do not refer to each other, and their digests."""
    of_all = hashlib.sha256()
    for table in _OF_ALL:
        ((text,),) = connection.execute(
            f"""select coalesce(md5(string_agg(row_digest, '' order by row_digest)), '')
            from (select md5(to_json(t)::varchar) as row_digest from {table} as t)"""
        ).fetchall()
        of_all.update(text.encode())
    digests: dict[str, list[str]] = {}
    for table, source in _OF_SOURCE.items():
        # Of what was read, the digest of a figure says it all.
        row = "digest" if table == "raw.figures" else "md5(to_json(t)::varchar)"
        for name, text in connection.execute(
            f"""select {source} as source, string_agg(row_digest, '' order by row_digest)
            from (select *, {row} as row_digest from {table} as t)
            group by source"""
        ).fetchall():
            digests.setdefault(name, []).append(f"{table} {text}")
    root = {name: name for name in digests}

    def find(name: str) -> str:
        while root[name] != name:
            name = root[name]
        return name

    for source, other in connection.execute(
        """select split_part(total_id, '/', 1), split_part(part_id, '/', 1) from core.parts
        union select source_id, split_part(part_of, '/', 1) from core.figures
        union select source_id, split_part(share_of, '/', 1) from core.figures"""
    ).fetchall():
        if other is not None and source != other:
            root[find(other)] = find(source)
    members: dict[str, list[str]] = {}
    for name in sorted(digests):
        members.setdefault(find(name), []).append(name)
    groups = []
    for sources in members.values():
        digest = of_all.copy()
        for name in sources:
            digest.update("\n".join((name, *digests[name], "")).encode())
        groups.append(_Group(digest.hexdigest(), tuple(sources)))
    return groups


@contextmanager
def _attached(
    connection: duckdb.DuckDBPyConnection, folder: Path, surroundings: str
) -> Iterator[None]:
    """The kept verdicts as the database `kept`, which is empty where there are none."""
    for path in sorted(folder.glob(f"{surroundings}-*.duckdb")) if folder.is_dir() else ():
        with suppress(OSError, duckdb.Error):
            if path.stem == f"{surroundings}-{_digest_of(path)}":
                connection.execute(f"attach {literal(str(path))} as kept (read_only)")
                break
    else:
        connection.execute("attach ':memory:' as kept")
        fill(connection, "kept.groups", _GROUPS, ())
        fill(connection, "kept.bounds", {"digest": _TEXT, "place": "INTEGER", **BOUNDS}, ())
        columns = dict.fromkeys(("digest", "figure_id", "aspect", "state"), _TEXT)
        fill(connection, "kept.coverage", columns, ())
    try:
        yield
    finally:
        connection.execute("detach kept")


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _answers(connection: duckdb.DuckDBPyConnection, groups: Sequence[_Group]) -> Answers:
    """What the solver says of these groups; it sees no other."""
    if not groups:
        return Answers(Joint((), (), (), (), 0), (), (), frozenset())
    ((own,),) = connection.execute("select '\"' || current_database() || '\"'").fetchall()
    names = ({"source_id": name} for group in groups for name in group.sources)
    with connection.cursor() as cursor:
        cursor.execute("attach ':memory:' as solved")
        try:
            fill(cursor, "solved.main.sources", {"source_id": _TEXT}, names)
            cursor.execute("create schema solved.core; create schema solved.raw")
            for table, source in _OF_SOURCE.items():
                cursor.execute(
                    f"create view solved.{table} as from {own}.{table} "
                    f"where {source} in (select source_id from solved.main.sources)"
                )
            for table in _OF_ALL:
                cursor.execute(f"create view solved.{table} as from {own}.{table}")
            cursor.execute("use solved")
            define_macros(cursor)
            return solving.answer(cursor)
        finally:
            cursor.execute(f"use {own}; detach solved")


def _joined(connection: duckdb.DuckDBPyConnection, joint: Joint, taken: Sequence[_Group]) -> Joint:
    """The answers together with those that were kept; the found tables together with theirs."""
    if not taken:
        return joint
    fill(connection, "temp.taken", {"digest": _TEXT}, ({"digest": g.digest} for g in taken))
    those = "digest in (select digest from temp.taken)"
    connection.execute(
        f"""insert into temp.found_coverage by name
        select figure_id, aspect, state, true as is_joint from kept.coverage where {those};
        insert into temp.found_bounds by name
        select {_BOUND_ROWS} from kept.bounds where {those} order by source_id, place"""
    )
    rows = connection.execute(
        f"""select source_id, series, without, unit, period,
            lower, upper, growth_lower, growth_upper
        from kept.bounds where {those} order by source_id, place"""
    ).fetchall()
    kept = [Bound(source, series, tuple(without), *rest) for source, series, without, *rest in rows]
    bounds = sorted((*joint.bounds, *kept), key=lambda bound: bound.source)
    unchecked = connection.execute(
        f"""select figure_id from kept.coverage where {those}
        group by figure_id having bool_and(state = 'unchecked')"""
    ).fetchall()
    figures = sorted((*joint.unchecked, *(figure for (figure,) in unchecked)))
    return Joint(
        joint.conflicts, tuple(bounds), tuple(figures), joint.undetermined, joint.unbounded
    )


def _keep(
    connection: duckdb.DuckDBPyConnection,
    home: Path,
    surroundings: str,
    new: Sequence[_Group],
    taken: Sequence[_Group],
    answers: Answers,
) -> None:
    """Write the file anew, with what is new in it, if that is worth it."""
    sources = _complete(new, answers)
    fill(connection, "temp.new_verdicts", {"digest": _TEXT, "source_id": _TEXT}, sources)
    ((figures, last_used),) = connection.execute(
        """select
            (select count(*) from core.figures semi join temp.new_verdicts using (source_id)),
            (select coalesce(max(last_used), 0) + 1 from kept.groups)"""
    ).fetchall()
    if figures < LEAST:
        return
    fill(connection, "temp.taken", {"digest": _TEXT}, ({"digest": g.digest} for g in taken))
    folder = storage.private(home, FOLDER)
    with storage.temporary(folder, "writing-") as beside:
        path = beside / "verdicts.duckdb"
        connection.execute(f"attach {literal(str(path))} as written")
        try:
            connection.execute(_WRITTEN.format(now=last_used, most=MOST, bounds=_BOUND_ROWS))
        finally:
            connection.execute("detach written")
        whole = folder / f"{surroundings}-{_digest_of(path)}.duckdb"
        path.replace(whole)
    for other in folder.glob("*.duckdb"):
        if other != whole:
            other.unlink(missing_ok=True)


_WRITTEN = """
create table written.groups as
with used as (
    select
        groups.* replace (if(taken.digest is null, groups.last_used, {now}) as last_used)
    from kept.groups as groups
    left join temp.taken as taken on groups.digest = taken.digest
    union all
    select digest, list(distinct new.source_id order by new.source_id), count(*), {now}
    from temp.new_verdicts as new
    inner join core.figures as figures on new.source_id = figures.source_id
    group by digest
)
select * from used
qualify sum(figures) over (order by last_used desc, digest) <= {most};
create table written.coverage as
select digest, figure_id, aspect, state from kept.coverage
where digest in (select digest from written.groups)
union all
select new.digest, found.figure_id, found.aspect, found.state
from temp.found_coverage as found
inner join temp.new_verdicts as new on split_part(found.figure_id, '/', 1) = new.source_id
where new.digest in (select digest from written.groups);
create table written.bounds as
select digest, place, {bounds} from kept.bounds
where digest in (select digest from written.groups)
union all
select new.digest, found.place, {bounds}
from (select *, row_number() over () as place from temp.found_bounds) as found
inner join temp.new_verdicts as new using (source_id)
where new.digest in (select digest from written.groups)
"""


def _complete(groups: Iterable[_Group], answers: Answers) -> Iterator[dict[str, str]]:
    """The sources of those groups of which all is known, and that are in no conflict."""
    apart = answers.incomplete | {
        figure.partition("/")[0]
        for conflict in answers.joint.conflicts
        for figure in (
            *conflict.figures,
            *(suspect.figure for explanation in conflict.explanations for suspect in explanation),
        )
    }
    for group in groups:
        if apart.isdisjoint(group.sources):
            for source in group.sources:
                yield {"digest": group.digest, "source_id": source}
