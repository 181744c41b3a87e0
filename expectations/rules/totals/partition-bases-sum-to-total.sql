-- id: partition-bases-sum-to-total
-- severity: error
-- statement: A year earlier, too, the parts that make up the whole added up to it, as level and
--   growth imply.
-- formula: Σ [lo(P)/b_P, hi(P)/a_P] meets [lo(T)/b_T, hi(T)/a_T]
-- source: IMTS 2010, ch. IV; ESS validation rule "sum of components equals total"
-- needs: partition is not null

select
    figures,
    parts_printed as left_side,
    parts_lower as left_lower,
    parts_upper as left_upper,
    '=' as relation,
    'their total ' || total_id || ' ' || total_printed as right_side,
    total_lower as right_lower,
    total_upper as right_upper,
    unit
from sums_of_parts
where
    number = 'base'
    and is_partition
    and is_additive
    and not is_part_balance
    and not is_total_balance
