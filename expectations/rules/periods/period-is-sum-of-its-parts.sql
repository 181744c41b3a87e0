-- id: period-is-sum-of-its-parts
-- severity: error
-- statement: A quarter, half, year or year to date is the sum of its months or quarters, within one
--   source.
-- formula: |P − Σv_m| ≤ (u_P + Σu_v) / 2
-- source: IMTS 2010, ch. IX; China Customs statistics, months and cumulatives of one publication

with levels as (
    select
        levels.source_id,
        levels.series,
        levels.unit,
        figures.*
    from core.levels as levels
    inner join core.figures as figures on levels.level_id = figures.figure_id
    inner join core.codes as measures
        on measures.list = 'measures' and figures.measure = measures.code
    where measures.additive and adds_up_over_time(levels.series)
)

select
    list(part.figure_id order by part.period_start) || [whole.figure_id] as figures,
    string_agg(
        part.figure_id || ' ' || part.value_printed, ' + ' order by part.period_start
    ) as left_side,
    known_sum(part.value_lower) as left_lower,
    known_sum(part.value_upper) as left_upper,
    '=' as relation,
    whole.figure_id || ' ' || whole.value_printed as right_side,
    any_value(whole.value_lower) as right_lower,
    any_value(whole.value_upper) as right_upper,
    whole.unit
from levels as whole
inner join levels as part
    on
        whole.source_id = part.source_id
        and whole.series = part.series
        and whole.unit = part.unit
        and part.period_start >= whole.period_start
        and part.period_end <= whole.period_end
        and part.figure_id <> whole.figure_id
where part.span in ('month', 'quarter', 'half-year') and whole.span not in ('day', 'month')
group by
    whole.figure_id,
    whole.value_printed,
    whole.unit,
    whole.period_start,
    whole.period_end,
    part.span
-- Periods of one span never overlap, so they fill the whole exactly when their days are its days.
having sum(part.period_end - part.period_start + 1) = whole.period_end - whole.period_start + 1
