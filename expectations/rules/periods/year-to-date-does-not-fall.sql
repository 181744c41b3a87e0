-- id: year-to-date-does-not-fall
-- severity: error
-- statement: A cumulative since the same day is not smaller at a later date: months only add to it.
-- formula: lo(C_m−1) ≤ hi(C_m)
-- source: IMTS 2010, ch. IX; China Customs statistics, monthly cumulatives (累计)

with cumulatives as (
    select
        levels.source_id,
        levels.is_latest,
        figures.*
    from core.levels as levels
    inner join core.figures as figures on levels.level_id = figures.figure_id
    inner join core.codes as measures on measures.list = 'measures' and measures.code = figures.measure
    where
        measures.additive
        and figures.flow in ('exports', 'imports', 'trade')
        and (figures.period_start is null or dayofyear(figures.period_start) = 1)
),

-- Within a source each with the one before it; and so among the newest vintages of all sources,
-- where a fall may be a revision and the finding is a warning.
pairs as (
    select
        figure_id as later_id,
        lag(figure_id) over (
            partition by source_id, series, unit, period_start
            order by period_end
        ) as earlier_id
    from cumulatives
    union
    select
        figure_id as later_id,
        lag(figure_id) over (
            partition by series, unit, period_start
            order by period_end
        ) as earlier_id
    from cumulatives
    where is_latest
)

select
    [earlier.figure_id, later.figure_id] as figures,
    earlier.figure_id || ' ' || earlier.value_printed || ' (to ' || earlier.period_end || ')' as left_side,
    earlier.value_lower as left_lower,
    earlier.value_upper as left_upper,
    '<=' as relation,
    'the later ' || later.figure_id || ' ' || later.value_printed || ' (to ' || later.period_end || ')' as right_side,
    later.value_lower as right_lower,
    later.value_upper as right_upper,
    later.unit
from pairs
inner join core.figures as later on pairs.later_id = later.figure_id
inner join core.figures as earlier on pairs.earlier_id = earlier.figure_id
