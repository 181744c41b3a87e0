-- purpose: Levels beside the levels that their growth or change is measured from, where one source
--   prints both
-- grain: one row a figure and one of its two bases, where its source prints the level of that
-- units: none
-- column figure_id: the figure that says what it is measured from
-- column aspect: growth, the base of its growth and change; or other_growth
-- column level_id: figure_id of the level of its own period; NULL where that is not printed
-- column base_id: figure_id of the level that it is measured from

with measured as (
    select
        source_id,
        series,
        unit,
        period_start,
        period_end,
        figure_id,
        unnest([
            {'aspect': 'growth', 'base_start': base_start, 'base_end': base_end},
            {
                'aspect': 'other_growth',
                'base_start': other_base_start,
                'base_end': other_base_end
            }
        ]) as since
    from core.figures
)

select
    measured.figure_id,
    measured.since.aspect,
    now.level_id,
    earlier.level_id as base_id
from measured
inner join core.levels as now
    on
        measured.source_id = now.source_id
        and measured.series = now.series
        and measured.unit = now.unit
        and measured.period_start is not distinct from now.period_start
        and measured.period_end = now.period_end
inner join core.levels as earlier
    on
        now.source_id = earlier.source_id
        and now.series = earlier.series
        and now.unit = earlier.unit
        and measured.since.base_start is not distinct from earlier.period_start
        and measured.since.base_end = earlier.period_end
where earlier.level_id is not null
