-- id: residuals-lie-on-both-sides
-- severity: warning
-- statement: What rounding leaves between totals and the sums of their parts lies now above, now
--   below nothing, unless the source cuts off or rounds up.
-- formula: not all of eight or more residuals other than zero have one sign
-- source: of n independent residuals all lie on one side by chance in 1 of 2ⁿ⁻¹ sources
-- asks: does the source cut off what it does not print? Then write `rounding: down` beside its
--   publisher; where its totals are below their sums, `rounding: up`

with counted as (
    select
        source_id,
        list_sort(list(distinct total_id)) as figures,
        count_if(residual > 0) as above,
        count_if(residual < 0) as below
    from rounded_sums
    -- What no rounding explains is an error of another kind.
    where abs(residual) < step + steps
    group by source_id
)

select
    figures,
    greatest(above, below) || ' totals of ' || source_id || ' are '
    || if(above >= below, 'above', 'below') || ' the sum of their parts by what rounding leaves, '
    || if(least(above, below) = 0, 'and none on the other side', 'others on the other side')
    || ': ' || array_to_string(figures[1:8], ', ') || if(len(figures) > 8, ', …', '') as left_side,
    if(least(above, below) = 0, greatest(above, below), 0)::decimal(18, 6) as left_lower,
    left_lower as left_upper,
    '<=' as relation,
    -- So many lie on one side by chance.
    '' as right_side,
    if(above + below >= 8, 7, null)::decimal(18, 6) as right_lower,
    right_lower as right_upper,
    'item' as unit
from counted
