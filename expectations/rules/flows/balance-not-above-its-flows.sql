-- id: balance-not-above-its-flows
-- severity: error
-- statement: A surplus is no more than the exports, a deficit no more than the imports, and neither
--   more than the trade that it is a balance of.
-- formula: lo(B) ≤ hi(E), lo(−B) ≤ hi(I), lo(|B|) ≤ hi(T)
-- source: IMTS 2010, ch. II: flows are not negative
-- needs: is_difference(flow)

with limits as (
    -- Where all flows are printed, they say more.
    select whole_id as balance_id, leg_id as limit_id, sign
    from core.composed_flows
    where is_difference(whole) and whole_id is not null and leg_id is not null and not has_all_legs

    union

    select differences.whole_id, sums.whole_id, differences.sign
    from core.composed_flows as differences
    inner join core.composed_flows as sums
        on
            differences.source_id = sums.source_id
            and differences.series = sums.series
            and differences.unit = sums.unit
            and differences.period_start is not distinct from sums.period_start
            and differences.period_end = sums.period_end
            and differences.leg = sums.leg
    where
        is_difference(differences.whole)
        and not is_difference(sums.whole)
        and differences.whole_id is not null
        and sums.whole_id is not null
)

select
    [balance.figure_id, flow.figure_id] as figures,
    case when limits.sign > 0 then '' else 'the deficit in ' end || balance.figure_id || ' '
    || balance.value_printed as left_side,
    case when limits.sign > 0 then balance.value_lower else - balance.value_upper end
    as left_lower,
    case when limits.sign > 0 then balance.value_upper else - balance.value_lower end
    as left_upper,
    '<=' as relation,
    flow.figure_id || ' ' || flow.value_printed as right_side,
    flow.value_lower as right_lower,
    flow.value_upper as right_upper,
    balance.unit
from limits
inner join core.figures as balance on limits.balance_id = balance.figure_id
inner join core.figures as flow on limits.limit_id = flow.figure_id
-- Only a surplus is held against exports, only a deficit against imports.
where
    coalesce(
        case when limits.sign > 0 then balance.value_upper > 0 else balance.value_lower < 0 end,
        true
    )
