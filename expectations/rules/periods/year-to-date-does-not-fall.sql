-- id: year-to-date-does-not-fall
-- severity: error
-- statement: A cumulative since the same day is not smaller at a later date: months only add to it.
-- formula: lo(C_m−1) ≤ hi(C_m)
-- source: IMTS 2010, ch. IX; China Customs statistics, monthly cumulatives (累计)

with pairs as (
    -- Among newest vintages of different sources a fall may be a revision: a warning.
    select distinct earlier_id, later_id from core.stretches
)

select
    [earlier.figure_id, later.figure_id] as figures,
    earlier.figure_id || ' ' || earlier.value_printed || ' (to ' || earlier.period_end
    || ')' as left_side,
    earlier.value_lower as left_lower,
    earlier.value_upper as left_upper,
    '<=' as relation,
    'the later ' || later.figure_id || ' ' || later.value_printed || ' (to ' || later.period_end
    || ')' as right_side,
    later.value_lower as right_lower,
    later.value_upper as right_upper,
    later.unit
from pairs
inner join core.figures as later on pairs.later_id = later.figure_id
inner join core.figures as earlier on pairs.earlier_id = earlier.figure_id
inner join core.sources as sources on later.source_id = sources.source_id
where
    later.flow in ('exports', 'imports', 'trade')
    -- Where no beginning is stated, another source, or another year, may count from another.
    and (
        later.period_start is not null
        or (
            earlier.source_id = later.source_id
            and fiscal_year_of(earlier.period_end, sources.fiscal_year_start)
                = fiscal_year_of(later.period_end, sources.fiscal_year_start)
        )
    )
