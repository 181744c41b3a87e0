"""Verdicts of the solver that are kept from one check to the next, by what they rest on.

The sources of a group are decided together, and all that the solver reads of them is digested;
where nothing of it has changed since an earlier check, its verdict is taken from there. Only
complete verdicts without a conflict are kept.

Belongs here: the digests, and the file of kept verdicts. Does not belong here: which groups there
are (core_rows.py), solving (solving.py), and rules, which are evaluated on everything every time.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from expectations.joint.core_rows import Group
from expectations.joint.results import Bound
from expectations.joint.storing import BOUNDS
from warehouse import project
from warehouse.store.tables import fill, literal
from warehouse.system import storage
from warehouse.system.files import FormError

FOLDER = "cache"  # of the home
LEAST = 300  # figures: to solve fewer is as quick as to keep their verdicts
MOST = 500_000  # figures of which verdicts are kept, those that were used last

# What the solver reads of a source, see core_rows.py: of a figure its digest says it all, together
# with its source; what else a number depends on are the lists and settings of the project.
_READ = """
select source_id, md5(string_agg(row_digest, '' order by row_digest)) as digest
from (
    select source_id, digest as row_digest from raw.figures
    union all
    select split_part(total_id, '/', 1), to_json(parts)::varchar from core.parts as parts
    union all
    select source_id, to_json(sources)::varchar from core.sources as sources
)
group by source_id
"""
_LOOKED_UP = (("codes", "**/*"), ("rates", "**/*"))

_TEXT, _TEXTS = "VARCHAR", "VARCHAR[]"
_GROUPS = {
    "digest": _TEXT,
    "sources": _TEXTS,
    "has_limits": "BOOLEAN",
    "figures": "INTEGER",
    "last_used": "BIGINT",
}
_BOUND_ROWS = f"source_id, {', '.join(name for name in BOUNDS if name != 'source_id')}"


class KeptVerdicts:
    """The verdicts of earlier checks, beside the groups of sources that are loaded now.

    `missing` are the groups of which no verdict is kept.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        home: Path,
        groups: Sequence[Group],
        with_limits: bool,
    ) -> None:
        self._connection = connection
        self._home = home
        self._with_limits = with_limits
        self._surroundings = _surroundings()
        by_source = dict(connection.execute(_READ).fetchall())
        self._digests = {group: _digest(group, by_source) for group in groups}
        self._attach()
        rows = connection.execute(
            f"select digest from kept.groups where has_limits or {not with_limits}"
        ).fetchall()
        known = {digest for (digest,) in rows}
        self.missing = [group for group in groups if self._digests[group] not in known]
        taken = ({"digest": digest} for digest in self._digests.values() if digest in known)
        fill(connection, "temp.taken", {"digest": _TEXT}, taken)

    def restore(self) -> list[Bound]:
        """Add the limits of the loaded groups to the found tables; return the bounds among them."""
        if not self._with_limits:
            return []
        self._connection.execute(
            f"""insert into temp.found_coverage by name
            select figure_id, aspect, state, true as is_joint
            from kept.coverage semi join temp.taken using (digest);
            insert into temp.found_bounds by name
            select {_BOUND_ROWS}
            from kept.bounds semi join temp.taken using (digest)
            order by source_id, place"""
        )
        rows = self._connection.execute(
            """select source_id, series, without, unit, period,
                lower, upper, growth_lower, growth_upper
            from kept.bounds semi join temp.taken using (digest)
            order by source_id, place"""
        ).fetchall()
        return [
            Bound(source, series, tuple(without), *rest) for source, series, without, *rest in rows
        ]

    def keep(self, complete: Sequence[Group]) -> None:
        """Write the file anew, with the found verdicts of these groups, if that is worth it.

        A folder that cannot be written is let be.
        """
        with suppress(OSError, FormError, duckdb.Error):
            self._keep(complete)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.execute("detach kept")

    def _attach(self) -> None:
        """The kept verdicts as the database `kept`, which is empty where there are none.

        A file that is not as it was written is passed over.
        """
        folder = self._home / FOLDER
        paths = sorted(folder.glob(f"{self._surroundings}-*.duckdb")) if folder.is_dir() else ()
        for path in paths:
            with suppress(OSError, duckdb.Error):
                if path.stem == f"{self._surroundings}-{_digest_of(path)}":
                    self._connection.execute(f"attach {literal(str(path))} as kept (read_only)")
                    return
        self._connection.execute("attach ':memory:' as kept")
        fill(self._connection, "kept.groups", _GROUPS, ())
        columns = {"digest": _TEXT, "place": "INTEGER", **BOUNDS}
        fill(self._connection, "kept.bounds", columns, ())
        columns = dict.fromkeys(("digest", "figure_id", "aspect", "state"), _TEXT)
        fill(self._connection, "kept.coverage", columns, ())

    def _keep(self, complete: Sequence[Group]) -> None:
        connection = self._connection
        sources = (
            {"digest": self._digests[group], "source_id": name}
            for group in complete
            for name in group
        )
        fill(connection, "temp.new_verdicts", {"digest": _TEXT, "source_id": _TEXT}, sources)
        ((figures, last_used),) = connection.execute(
            """select
                (select count(*) from core.figures semi join temp.new_verdicts using (source_id)),
                (select coalesce(max(last_used), 0) + 1 from kept.groups)"""
        ).fetchall()
        if figures < LEAST:
            return
        folder = storage.private(self._home, FOLDER)
        with storage.temporary(folder, "writing-") as beside:
            path = beside / "verdicts.duckdb"
            connection.execute(f"attach {literal(str(path))} as written")
            try:
                connection.execute(
                    _WRITTEN.format(
                        now=last_used,
                        most=MOST,
                        bounds=_BOUND_ROWS,
                        with_limits=self._with_limits,
                    )
                )
            finally:
                connection.execute("detach written")
            whole = folder / f"{self._surroundings}-{_digest_of(path)}.duckdb"
            path.replace(whole)
        for other in folder.glob("*.duckdb"):
            if other != whole:
                other.unlink(missing_ok=True)


@contextmanager
def kept_verdicts(
    connection: duckdb.DuckDBPyConnection, home: Path, groups: Sequence[Group], with_limits: bool
) -> Iterator[KeptVerdicts]:
    """The verdicts that are kept in a home, while the block runs."""
    kept = KeptVerdicts(connection, home, groups, with_limits)
    try:
        yield kept
    finally:
        kept.close()


def _digest(group: Group, by_source: Mapping[str, str]) -> str:
    parts = (part for name in group for part in (name, by_source[name]))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


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


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


_WRITTEN = """
create table written.groups as
with used as (
    select
        groups.* replace (if(taken.digest is null, groups.last_used, {now}) as last_used)
    from (from kept.groups anti join temp.new_verdicts using (digest)) as groups
    left join temp.taken as taken on groups.digest = taken.digest
    union all
    select
        digest,
        list(distinct new.source_id order by new.source_id),
        {with_limits},
        count(*),
        {now}
    from temp.new_verdicts as new
    inner join core.figures as figures on new.source_id = figures.source_id
    group by digest
)
select * from used
qualify sum(figures) over (order by last_used desc, digest) <= {most};
create table written.coverage as
select digest, figure_id, aspect, state
from kept.coverage semi join written.groups using (digest)
anti join temp.new_verdicts using (digest)
union all
select new.digest, found.figure_id, found.aspect, found.state
from temp.found_coverage as found
inner join temp.new_verdicts as new on split_part(found.figure_id, '/', 1) = new.source_id
where new.digest in (select digest from written.groups);
create table written.bounds as
select digest, place, {bounds}
from kept.bounds semi join written.groups using (digest)
anti join temp.new_verdicts using (digest)
union all
select new.digest, found.place, {bounds}
from (select *, row_number() over () as place from temp.found_bounds) as found
inner join temp.new_verdicts as new using (source_id)
where new.digest in (select digest from written.groups)
"""
