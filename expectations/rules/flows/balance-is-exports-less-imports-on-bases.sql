-- id: balance-is-exports-less-imports-on-bases
-- severity: error
-- statement: A year earlier, too, the balance was exports less imports, as levels and growth imply.
-- formula: [lo(E)/b_E, hi(E)/a_E] − [lo(I)/b_I, hi(I)/a_I] meets [lo(W)/b_W, hi(W)/a_W]
-- source: IMTS 2010, ch. II; implied bases as in growth-agrees-with-levels
-- needs: flow = 'balance'

with balances as (
    select
        *,
        exports_lower - imports_upper as left_lower,
        exports_upper - imports_lower as left_upper,
        was_deficit
        and not may_meet(left_lower, left_upper, whole_lower, whole_upper)
        and may_meet(left_lower, left_upper, turned_lower, turned_upper) as is_turned
    from flow_bases
    where whole = 'balance'
)

select
    [exports_id, imports_id, whole_id] as figures,
    exports_id || ' ' || exports_printed || ' − '
    || imports_id || ' ' || imports_printed as left_side,
    left_lower,
    left_upper,
    '=' as relation,
    whole_id || ' ' || whole_printed as right_side,
    -- Where a surplus more than doubled, a deficit may have preceded it, whose growth publishers
    -- count in several ways; of a deficit that was one before, in two.
    case when was_surplus or was_deficit then if(is_turned, turned_lower, whole_lower) end
        as right_lower,
    case when was_surplus or was_deficit then if(is_turned, turned_upper, whole_upper) end
        as right_upper,
    unit
from balances
