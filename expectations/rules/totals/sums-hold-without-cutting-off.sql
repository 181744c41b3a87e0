-- id: sums-hold-without-cutting-off
-- severity: info
-- statement: Totals of a source that are not the sums of their parts are not all so because it cuts
--   off, or rounds up, what it does not print.
-- formula: not all |T − ΣP| > (u_T + Σu_P) / 2 have −u_T < T − ΣP < Σu_P, nor all the other way
-- source: Japan Customs cuts off fractions of its unit
-- asks: does the source cut off what it does not print? Then write `rounding: down` beside its
--   publisher; where its totals are below their sums, `rounding: up`

with counted as (
    select
        source_id,
        -- Those that are wrong, or all where none is.
        list_sort(
            coalesce(
                list(distinct total_id) filter (abs(residual) > (step + steps) / 2),
                list(distinct total_id)
            )
        ) as figures,
        count_if(abs(residual) > (step + steps) / 2) as wrong,
        count_if(not (residual > - step and residual < steps)) as wrong_down,
        count_if(not (residual > - steps and residual < step)) as wrong_up,
        count(residual) as known
    from rounded_sums
    group by source_id
)

select
    figures,
    wrong || ' totals of ' || source_id || ' that are not the sum of their parts as rounded to the '
    || 'nearest: ' || array_to_string(figures[1:8], ', ') || if(len(figures) > 8, ', …', '')
    as left_side,
    if(least(wrong_down, wrong_up) = 0, wrong, 0)::decimal(18, 6) as left_lower,
    left_lower as left_upper,
    '<=' as relation,
    'none that all are where it '
    || if(wrong_down = 0, 'cuts off', 'rounds up') as right_side,
    if(known > 0, 0, null)::decimal(18, 6) as right_lower,
    right_lower as right_upper,
    'item' as unit
from counted
