-- id: flows-not-exchanged
-- severity: error
-- statement: Not all balances of a source are imports less exports: then its two columns were
--   exchanged.
-- formula: not all of two or more B meet I − E and none E − I
-- source: IMTS 2010, ch. II
-- asks: do the headers of the columns of exports and imports stand over each other's numbers?
-- needs: flow = 'balance'

with counted as (
    select
        flows.source_id,
        flatten(
            list([flows.exports_id, flows.imports_id, flows.balance_id] order by flows.balance_id)
        ) as figures,
        count(*) as balances,
        count_if(
            may_meet(
                balance.value_lower,
                balance.value_upper,
                imports.value_lower - exports.value_upper,
                imports.value_upper - exports.value_lower
            )
            and not may_meet(
                balance.value_lower,
                balance.value_upper,
                exports.value_lower - imports.value_upper,
                exports.value_upper - imports.value_lower
            )
        ) as exchanged
    from core.flows as flows
    inner join core.figures as balance on flows.balance_id = balance.figure_id
    inner join core.figures as exports on flows.exports_id = exports.figure_id
    inner join core.figures as imports on flows.imports_id = imports.figure_id
    group by flows.source_id
)

select
    figures,
    exchanged || ' of ' || balances || ' balances of ' || source_id
    || ' are imports less exports: ' || array_to_string(figures[1:6], ', ')
    || if(len(figures) > 6, ', …', '') as left_side,
    if(exchanged = balances, exchanged, 0)::decimal(18, 6) as left_lower,
    left_lower as left_upper,
    '<=' as relation,
    '' as right_side,
    -- A slip may turn one.
    if(balances > 1, 1, null)::decimal(18, 6) as right_lower,
    right_lower as right_upper,
    'item' as unit
from counted
