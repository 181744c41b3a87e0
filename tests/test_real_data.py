"""Real published figures, thousands of them: no error, no conflict, none refused.

They lie beside the checkout, not in it (benchmarks/real_data.py says where), so without them this
is skipped.
"""

import pytest

from benchmarks.real_data import SHARED, data_sets, evaluate

SETS = {one.name: one for one in data_sets(SHARED)} if SHARED.is_dir() else {}
# Takes from three seconds to half a minute each.
LARGE = {
    *("india_by_hs2_1996_2019", "mirror_japan_china_monthly", "mirror_korea_china_monthly"),
    *("mirror_usa_china_monthly", "nation_province_city_monthly_2024_2025"),
}


@pytest.mark.skipif(not SETS, reason="the data sets are not here")
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow) if name in LARGE else name for name in SETS],
)
def test_no_false_alarm(name):
    result = evaluate(name, [SETS[name]])
    assert result.is_clean
    assert result.batch.totals()["accepted"] == len(SETS[name].records)


@pytest.mark.skipif(not SETS, reason="the data sets are not here")
def test_one_wrong_digit_in_them_is_found():
    one = SETS["national_usd_monthly_2021_2025"]
    digit = {"1": "7"}.get(one.records[0]["value"][0], "1")
    first = one.records[0] | {"value": digit + one.records[0]["value"][1:]}
    result = evaluate("spoilt", [type(one)(one.name, one.sources, (first, *one.records[1:]))])
    assert not result.is_clean
    suspects = {
        suspect.figure
        for conflict in result.assessment.joint.conflicts
        for explanation in conflict.explanations
        for suspect in explanation
    }
    assert f"{first['source']}/{first['id']}" in suspects
