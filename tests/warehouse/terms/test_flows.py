"""What the flows consist of, by the code list."""

from warehouse.terms import codes, flows


def test_trade_is_a_sum_and_the_balance_a_difference():
    assert flows.legs("trade") == {"exports": 1, "imports": 1}
    assert flows.legs("balance") == {"exports": 1, "imports": -1}
    assert flows.legs("exports") == {}
    assert set(flows.composed()) == {"trade", "balance"}


def test_only_a_difference_may_be_negative():
    known = [row["code"] for row in codes.rows("flows")]
    assert [flow for flow in known if flows.may_be_negative(flow)] == ["balance"]


def test_the_legs_are_flows_of_the_list():
    known = {row["code"] for row in codes.rows("flows")}
    assert {leg for flow in flows.composed() for leg in flows.legs(flow)} <= known


def test_a_flow_has_its_own_parts_and_trade_any():
    assert flows.may_have_part("trade", "exports")
    assert not flows.may_have_part("exports", "imports")
    assert flows.may_have_part("none", "exports")  # of which the list says nothing
