-- id: flow-agrees-with-its-legs
-- severity: error
-- statement: A flow that a project's list of flows makes of others, such as a deficit of outlays
--   less receipts, comes to what these come to.
-- formula: |W − Σ ±L| ≤ (u_W + Σu_L) / 2
-- source: the column legs of the code list flows

select
    list(legs.leg_id order by legs.sign desc, legs.leg) || [legs.whole_id] as figures,
    string_agg(
        case when legs.sign < 0 then '− ' else '+ ' end || legs.leg_id || ' ' || leg.value_printed,
        ' ' order by legs.sign desc, legs.leg
    ) as left_side,
    known_sum(case when legs.sign > 0 then leg.value_lower else - leg.value_upper end)
    as left_lower,
    known_sum(case when legs.sign > 0 then leg.value_upper else - leg.value_lower end)
    as left_upper,
    '=' as relation,
    legs.whole_id || ' ' || whole.value_printed as right_side,
    any_value(whole.value_lower) as right_lower,
    any_value(whole.value_upper) as right_upper,
    legs.unit
from core.composed_flows as legs
inner join core.figures as leg on legs.leg_id = leg.figure_id
inner join core.figures as whole on legs.whole_id = whole.figure_id
where
    legs.has_all_legs
    -- Of exports and imports there are rules of their own.
    and legs.whole not in (
        select flow
        from core.flow_legs
        group by flow
        having list_sort(list(leg)) = ['exports', 'imports']
    )
group by legs.source_id, legs.series, legs.unit, legs.whole_id, whole.value_printed
