"""Any order of curating, publishing and undoing, against a model of what readers then must see.

The model is plain dictionaries. Four bugs are planted in turn: each must be caught by the check
that is about it. Homes lie in memory where there is room for that: nothing here is about power
cuts (test_release_kills.py), and the disk would take most of the time.
"""

import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from expectations import acknowledgements
from expectations.assess import assess
from expectations.rules import figure_rules
from expectations.rules.figure_rules import catalogue
from tests.helpers.marked_releases import NOON
from warehouse.exchange.export import DATABASE, audit, export_views
from warehouse.records.acceptance import read_batch
from warehouse.release import releases
from warehouse.release.manifest import verify
from warehouse.release.publisher import Publisher, _remove, publishing
from warehouse.release.refusal import ReleaseError
from warehouse.store import database, load, tables
from warehouse.store.own_queries import view_files

PARTS = ("general", "processing", "leasing", "aid")  # regimes of one total
REMOVED = None
MEMORY = Path("/dev/shm")


class Lifecycle(RuleBasedStateMachine):
    """One home. A part of 2亿元 or more above its total is a contradiction, and no other is."""

    @initialize()
    def begin(self):
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
        self.home = self.folder / "home"
        self.records = self.folder / "records.yaml"
        self.acknowledged = self.folder / "acknowledged.yaml"
        self.written = {"whole": 10}
        self.accepted = {}  # part → its value and the total's when a reviewer accepted them
        self.found = ()  # errors of the last run, while the records are as they were
        self.published = {}  # release → figures, revisions of each figure, previous release
        self.withheld = []
        self.current = None
        self.leftovers = False

    def teardown(self):
        for found in self.folder.rglob("*"):
            if found.is_dir() and not found.is_symlink():
                found.chmod(0o755)
        shutil.rmtree(self.folder)

    @rule(part=st.sampled_from(PARTS), value=st.sampled_from((4, 8, 12, 18)))
    def ingest_or_revise(self, part, value):
        self.written[part] = value
        self.found = ()

    @rule(value=st.sampled_from((10, 14, 20)))
    def revise_total(self, value):
        self.written["whole"] = value
        self.found = ()

    @precondition(lambda self: len(self.written) > 1)
    @rule(data=st.data())
    def withdraw(self, data):
        del self.written[data.draw(st.sampled_from(sorted(self.written.keys() - {"whole"})))]
        self.found = ()

    @precondition(lambda self: self.found)
    @rule()
    def acknowledge(self):
        digests = {figure.id: figure.digest for figure in self.batch().figures}
        for finding in self.found:
            entry = acknowledgements.Acknowledgement(
                rule=finding.rule,
                figures=finding.figures,
                reason="printed so",
                reviewer="L. Wang",
                expires=date.max,
                content=acknowledgements.content(finding.figures, digests),
            )
            acknowledgements.add(self.acknowledged, entry)
            (part,) = {name.removeprefix("s/") for name in finding.figures} - {"whole"}
            self.accepted[part] = (self.written[part], self.written["whole"])
        self.found = ()

    @precondition(lambda self: self.accepted)
    @rule(data=st.data(), value=st.sampled_from((12, 18)))
    def revise_what_was_accepted(self, data, value):
        self.written[data.draw(st.sampled_from(sorted(self.accepted)))] = value
        self.found = ()

    @rule(days=st.integers(-2, 2))  # the clock may go back
    def publish_or_withhold(self, days):
        whole = self.written["whole"]
        contradicted = any(
            value >= whole + 2 and self.accepted.get(part) != (value, whole)
            for part, value in self.written.items()
        )
        with publishing(self.home) as publisher:
            staged = publisher.stage(releases.release_id(NOON + timedelta(days), "1a2b3c4d"))
            id_ = staged.name.removeprefix(".stg-")
            assessment = self.build(staged, id_, publisher.foundation())
            assert assessment.withholds == contradicted, "the verdict is not the records'"
            audit(staged)
            if contradicted:
                publisher.withhold(staged)
                self.withheld.append(id_)
                self.found = [f for f in assessment.findings if f.withholds]
            else:
                publisher.publish(staged)
                self.published[id_] = (dict(self.written), self.revised(), self.current)
                self.current = id_
        self.leftovers = False

    @rule()
    def die_while_building(self):
        with publishing(self.home) as publisher:
            staged = publisher.stage(releases.release_id(NOON, "deadbeef"))
            (staged / "half").write_text("half")
        self.leftovers = True

    @precondition(lambda self: self.current)
    @rule()
    def roll_back(self):
        previous = self.published[self.current][2]
        with publishing(self.home) as publisher:
            if previous in self.published:
                publisher.rollback()
                self.current = previous
            else:
                with pytest.raises(ReleaseError):
                    publisher.rollback()
        self.leftovers = False

    @precondition(lambda self: len(self.published) > 1)
    @rule(keep=st.integers(1, 3))
    def collect_garbage(self, keep):
        needed = {self.current, self.published[self.current][2], *list(self.published)[-keep:]}
        with publishing(self.home) as publisher:
            removed = publisher.collect_garbage(keep)
        assert set(removed) == self.published.keys() - needed, "a needed release was removed"
        self.published = {id_: one for id_, one in self.published.items() if id_ in needed}
        self.leftovers = False

    @invariant()
    def readers_see_what_was_published(self):
        listed = [one.id for one in releases.list_releases(self.home)]
        assert listed == list(self.published), "the releases are not those that were published"
        withheld = {path.name for path in (self.home / "withheld").glob("*")}
        assert withheld == set(self.withheld[-10:]), "what is withheld is not what was withheld"
        assert self.leftovers or not any((self.home / "releases").glob(".*")), "leftovers"
        path = releases.current(self.home)
        assert (path and path.name) == self.current, "readers see another release"
        if path is None:
            return
        assert verify(path) == [], "the current release is damaged"
        figures, revisions, _ = self.published[self.current]
        with database.open_readonly(path / DATABASE) as reader:
            printed = dict(reader.execute("select level_id, value_printed from figures").fetchall())
            revised = reader.execute(
                "select figure_id, list(value_printed order by revision) from revisions group by 1"
            ).fetchall()
        expected = {f"s/{name}": f"{value}亿元" for name, value in figures.items()}
        assert printed == expected, "readers see other figures"
        expected = {
            f"s/{name}": [value and f"{value}亿元" for value in values]
            for name, values in revisions.items()
        }
        assert dict(revised) == expected, "readers see another history"

    def revised(self):
        """Each figure's values in turn, those of the current release carried on."""
        _, before, _ = self.published.get(self.current, ({}, {}, None))
        return {
            name: values + [now] * (not values or values[-1] != now)
            for name in before.keys() | self.written.keys()
            for values, now in [(before.get(name, []), self.written.get(name, REMOVED))]
        }

    def batch(self):
        said = "area: 四川省, flow: trade, period: 2020-01"
        lines = ["source: {id: s, publisher: P, published: 2020-05}", "figures:"]
        for name, value in self.written.items():
            key = "" if name == "whole" else f", regime: {name}, part_of: whole"
            lines.append(f"- {{id: {name}, {said}, value: {value}亿元{key}}}")
        self.records.write_text("\n".join(lines), encoding="utf-8")
        return read_batch([self.records], self.folder)

    def build(self, staged, id_, foundation):
        with database.create(staged / DATABASE) as connection:
            load.load(connection, self.batch(), id_, foundation and foundation / DATABASE)
            load.build_views(connection)
            assessment = assess(connection, acknowledgements.read(self.acknowledged))
            export_views(connection, staged)
        return assessment


def live(examples):
    run_state_machine_as_test(
        Lifecycle,
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            deadline=None,
            phases=[Phase.generate],
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_any_order_of_steps_shows_readers_what_was_published():
    live(3)


@pytest.fixture
def only_what_it_reads(monkeypatch):
    """The rules that the machine's records can break, and the views that it looks at, without the
    comments: all else takes half of the time.
    """
    rules = tuple(rule for rule in catalogue() if rule.family == "totals")
    read = ("figures", "revisions", "vintages")
    views = [view for view in view_files() if view.name in read]
    monkeypatch.setattr(figure_rules, "catalogue", lambda: rules)
    monkeypatch.setattr(figure_rules, "_AT_ONCE", 1)  # so few need no second connection
    monkeypatch.setattr(load, "view_files", lambda: views)
    monkeypatch.setattr(tables, "comment", lambda *_: None)


@pytest.mark.slow
def test_two_hundred_orders_of_steps_show_readers_what_was_published(only_what_it_reads):
    live(200)


def withhold_moves_the_link(patch):
    patch.setattr(Publisher, "withhold", Publisher.publish)


def garbage_spares_nothing_old(patch):
    def collect(publisher, keep):
        old = releases.list_releases(publisher._home)[:-keep]
        for one in old:
            _remove(one.path)
        return [one.id for one in old]

    patch.setattr(Publisher, "collect_garbage", collect)


def revisions_are_forgotten(patch):
    carry_on = load._carry_on_revisions
    patch.setattr(
        load, "_carry_on_revisions", lambda connection, previous: carry_on(connection, None)
    )


def acknowledgements_outlive_a_change(patch):
    patch.setattr(acknowledgements, "content", lambda figures, digests: " ".join(figures))


def any_order():
    live(200)


def accepted_then_changed():
    """What chance may take longer than two hundred lives to come by, step by step."""
    life = Lifecycle()
    try:
        life.begin()
        life.ingest_or_revise("general", 12)
        life.publish_or_withhold(0)
        life.acknowledge()
        life.publish_or_withhold(0)
        life.readers_see_what_was_published()
        life.ingest_or_revise("general", 18)
        life.publish_or_withhold(0)
    finally:
        life.teardown()


def test_an_accepted_figure_that_changes_withholds_again(only_what_it_reads):
    accepted_then_changed()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("plant", "lives", "caught"),
    [
        (withhold_moves_the_link, any_order, "the releases are not those that were published"),
        (garbage_spares_nothing_old, any_order, "a needed release was removed"),
        (revisions_are_forgotten, any_order, "readers see another history"),
        (
            acknowledgements_outlive_a_change,
            accepted_then_changed,
            "the verdict is not the records'",
        ),
    ],
)
def test_a_planted_bug_is_caught_by_the_check_that_is_about_it(
    plant, lives, caught, monkeypatch, only_what_it_reads
):
    plant(monkeypatch)
    with pytest.raises(AssertionError, match=f"^{caught}"):
        lives()
