-- id: part-bases-not-above-total
-- severity: error
-- statement: A year earlier, too, what is part of a total was not larger than the total, as level
--   and growth imply.
-- formula: Σ lo(P) / b_P ≤ hi(T) / a_T
-- source: IMTS 2010, ch. IV; ESS validation rule "total not below its components"

select
    figures,
    parts_printed as left_side,
    parts_lower as left_lower,
    parts_upper as left_upper,
    '<=' as relation,
    'its total ' || total_id || ' ' || total_printed as right_side,
    total_lower as right_lower,
    total_upper as right_upper,
    unit
from sums_of_parts
where
    number = 'base'
    and not is_partition
    and is_additive
    and not is_part_balance
    and not is_total_balance
