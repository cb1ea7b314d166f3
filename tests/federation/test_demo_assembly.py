"""The season of the assembly that the demo runs: recounted from its bundles, the same for the same seed, refused elsewhere."""

from argparse import Namespace

import pytest

from federation import inside
from federation.assembly.fairness import sheet_of, weighing
from federation.assembly.services import boards
from federation.demo.assembly import Plan, run
from federation.demo.small import COOPS
from federation.demo.small_assembly import TERMS
from tenants import cli
from tenants.errors import InvalidInput, RuleBroken

pytestmark = pytest.mark.slow

TINY = Plan(9, 7)


def test_a_season_ends_in_results_that_anybody_can_count_again(demo_app, tmp_path, capsys):
    outcome = run(Plan(9, 7, tmp_path))
    told = capsys.readouterr().out
    assert [one.how.partition(",")[0] for one in outcome.season.taken] == [
        "recorded",
        "by hand in the meeting",
        "recorded",
        "secret",
        "secret",
    ]
    assert outcome.all_same and told.count("recount.py poll-") == 5
    assert len(list(tmp_path.glob("poll-*.zip"))) >= 4
    assert boards.report()[1] == 0
    assert cli.verify_audit(Namespace()) == 0


def test_the_same_seed_makes_the_same_results_twice_in_one_federation(demo_app):
    first, second = (run(TINY).season for _ in range(2))
    assert [one.words for one in first.taken] == [one.words for one in second.taken]


@pytest.mark.parametrize("coops", [7, 401])
def test_a_plan_that_cannot_be_is_refused_by_the_name_of_its_flag(coops, tmp_path):
    with pytest.raises(InvalidInput, match="--coops"):
        Plan.checked(coops, 7)
    taken = tmp_path / "file"
    taken.write_text("")
    with pytest.raises(InvalidInput, match="--bundle"):
        Plan.checked(9, 7, str(taken))


def test_a_federation_that_is_no_demo_gets_no_invented_assembly(settings, monkeypatch):
    monkeypatch.setattr(inside, "running_settings", lambda arguments: settings)
    with pytest.raises(RuleBroken, match="no demo"):
        inside.demo_assembly(Namespace(coops=9, seed=7, bundle=None))


def test_the_votes_of_the_small_demo_are_those_of_the_pictures():
    found = sheet_of(weighing(TERMS, {f"{place}": members for place, (_, members, *_) in enumerate(COOPS)}))
    assert [line.weight for line in found.lines] == [23, 17, 15, 12, 11, 9, 7, 6]
