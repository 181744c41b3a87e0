-- id: parts-not-above-total
-- severity: error
-- statement: What is part of a total is not larger than the total; parts that do not overlap are
--   added up.
-- formula: Σ lo(P) ≤ hi(T)
-- source: IMTS 2010, ch. IV; ESS validation rule "total not below its components"

select
    figures,
    parts_printed as left_side,
    parts_lower as left_lower,
    parts_upper as left_upper,
    '<=' as relation,
    'its total ' || total_id || ' ' || coalesce(total_printed, '(not printed)') as right_side,
    total_lower as right_lower,
    total_upper as right_upper,
    unit
from sums_of_parts
where
    number = 'level'
    and not is_partition
    and is_additive
    and not is_part_balance
    and not is_total_balance
