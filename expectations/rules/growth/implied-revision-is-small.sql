-- id: implied-revision-is-small
-- severity: revision
-- statement: The base that a growth implies differs from what was first published of it by no more
--   than revisions usually do.
-- formula: ρ = (V / (1 + g)) / B − 1: info below 1 %, warning to 15 %, review above; never an error
-- source: China Customs computes growth on revised levels of the year before
-- needs: growth_printed is not null or other_growth_printed is not null

select
    [level.figure_id, base.figure_id] as figures,
    'the base of ' || level.figure_id || ', '
    || base_printed(level.value_printed, growth.growth_printed) as left_side,
    base_lower(level.value_lower, growth.growth_lower, growth.growth_upper) as left_lower,
    base_upper(level.value_upper, growth.growth_lower, growth.growth_upper) as left_upper,
    '=' as relation,
    'the published ' || base.figure_id || ' ' || base.value_printed as right_side,
    base.value_lower as right_lower,
    base.value_upper as right_upper,
    growth.unit
from core.printed_growth as growth
inner join core.figures as level on growth.figure_id = level.figure_id
inner join core.levels as earlier
    on
        growth.series = earlier.series
        and growth.unit = earlier.unit
        and growth.base_start is not distinct from earlier.period_start
        and growth.base_end = earlier.period_end
        and growth.source_id <> earlier.source_id
        and earlier.is_latest
inner join core.figures as base on earlier.level_id = base.figure_id
where
    level.value_printed is not null
    and not is_difference(level.flow)
