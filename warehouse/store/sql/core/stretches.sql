-- purpose: Each cumulative with the one before it, and what lies between them, printed or not
-- grain: one row a scope and a cumulative that has an earlier one since the same day
-- units: base units
-- column scope: source: both cumulatives are of one source; newest: both are newest vintages, of
--   any source
-- column series: the series
-- column unit: base unit
-- column later_id: figure_id of the later cumulative
-- column earlier_id: figure_id of the earlier one
-- column between_start: first day of the stretch between
-- column between_end: last day of the stretch between
-- column between_lower: least level of the stretch that the two imply if neither was revised
-- column between_upper: greatest such level
-- column between_id: figure_id of the stretch's own level; NULL where not printed

with scoped as (
    select
        unnest(case when is_latest then ['source', 'newest'] else ['source'] end) as scope,
        *
    from core.levels
    where level_id is not null
),

cumulatives as (
    select
        scoped.scope,
        case scoped.scope when 'source' then scoped.source_id end as source_id,
        scoped.series,
        scoped.unit,
        scoped.period_start,
        scoped.period_end,
        scoped.level_id,
        figures.flow,
        figures.value_lower,
        figures.value_upper
    from scoped
    inner join core.figures as figures on scoped.level_id = figures.figure_id
    inner join core.sources as sources on scoped.source_id = sources.source_id
    inner join core.codes as measures
        on measures.list = 'measures' and figures.measure = measures.code
    where
        measures.additive
        and adds_up_over_time(scoped.series)
        and (
            scoped.period_start is null
            or (
                dayofyear(scoped.period_start) = 1
                and year(scoped.period_start) = year(scoped.period_end)
            )
            or (
                begins_year(scoped.period_start, sources.fiscal_year_start)
                and fiscal_year_of(scoped.period_start, sources.fiscal_year_start)
                = fiscal_year_of(scoped.period_end, sources.fiscal_year_start)
            )
        )
),

pairs as (
    select
        *,
        lag(level_id) over earlier as earlier_id,
        lag(period_end) over earlier as earlier_end,
        lag(value_lower) over earlier as earlier_lower,
        lag(value_upper) over earlier as earlier_upper
    from cumulatives
    window earlier as (
        partition by scope, source_id, series, unit, period_start
        order by period_end
    )
)

select
    pairs.scope,
    pairs.series,
    pairs.unit,
    pairs.level_id as later_id,
    pairs.earlier_id,
    pairs.earlier_end + 1 as between_start,
    pairs.period_end as between_end,
    greatest(
        pairs.value_lower - pairs.earlier_upper, case when not is_difference(pairs.flow) then 0 end
    ) as between_lower,
    pairs.value_upper - pairs.earlier_lower as between_upper,
    between_levels.level_id as between_id
from pairs
left join scoped as between_levels
    on
        pairs.scope = between_levels.scope
        and pairs.source_id
        is not distinct from case pairs.scope when 'source' then between_levels.source_id end
        and pairs.series = between_levels.series
        and pairs.unit = between_levels.unit
        and pairs.earlier_end + 1 = between_levels.period_start
        and pairs.period_end = between_levels.period_end
where pairs.earlier_id is not null
order by pairs.scope, pairs.level_id
