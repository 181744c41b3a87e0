-- id: partition-sums-to-total
-- severity: error
-- statement: Parts that make up the whole add up to their total, within the rounding of all the
--   digits printed.
-- formula: |T − ΣP| ≤ (u_T + Σu_P) / 2
-- source: IMTS 2010, ch. IV; ESS validation rule "sum of components equals total"
-- needs: partition is not null

select
    figures,
    parts_printed as left_side,
    parts_lower as left_lower,
    parts_upper as left_upper,
    '=' as relation,
    'their total ' || total_id || ' ' || coalesce(total_printed, '(not printed)') as right_side,
    total_lower as right_lower,
    total_upper as right_upper,
    unit
from sums_of_parts
where
    number = 'level'
    and is_partition
    and is_additive
    and is_part_balance = is_total_balance
