-- purpose: Quarters, halves, years and years to date beside the months or quarters that fill them,
--   within one source
-- grain: one row a period and the length of the periods in it
-- units: base units
-- column figures: figure_ids of the parts, and of the whole at the end
-- column parts_printed: the parts as printed
-- column parts_lower: least sum of the parts; NULL where any is not known
-- column parts_upper: greatest sum of the parts; NULL where any is not known
-- column whole_id: figure_id of the whole
-- column whole_printed: its value as printed
-- column whole_lower: least value that is printed so
-- column whole_upper: greatest value that is printed so
-- column unit: base unit
-- column is_difference: whether they are balances

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
    ) as parts_printed,
    known_sum(part.value_lower) as parts_lower,
    known_sum(part.value_upper) as parts_upper,
    whole.figure_id as whole_id,
    whole.value_printed as whole_printed,
    any_value(whole.value_lower) as whole_lower,
    any_value(whole.value_upper) as whole_upper,
    whole.unit,
    any_value(is_difference(whole.flow)) as is_difference
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
