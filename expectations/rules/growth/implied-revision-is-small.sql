-- id: implied-revision-is-small
-- severity: revision
-- statement: The base that a growth implies differs from what was first published of it by no more
--   than revisions usually do.
-- formula: ρ = (V / (1 + g)) / B − 1: info below 1 %, warning to 15 %, review above; never an error
-- source: China Customs computes growth on revised levels of the year before
-- needs: growth_printed is not null

select
    [growth.figure_id, base.figure_id] as figures,
    'the base of ' || growth.figure_id || ', '
    || base_printed(growth.value_printed, growth.growth_printed) as left_side,
    over_base.base_lower as left_lower,
    over_base.base_upper as left_upper,
    '=' as relation,
    'the published ' || base.figure_id || ' ' || base.value_printed as right_side,
    base.value_lower as right_lower,
    base.value_upper as right_upper,
    growth.unit
from core.growth as over_base
inner join core.figures as growth on over_base.figure_id = growth.figure_id
inner join core.levels as earlier
    on
        over_base.series = earlier.series
        and over_base.unit = earlier.unit
        and over_base.base_start is not distinct from earlier.period_start
        and over_base.base_end = earlier.period_end
        and over_base.source_id <> earlier.source_id
        and earlier.is_latest
inner join core.figures as base on earlier.level_id = base.figure_id
where
    growth.value_printed is not null
    and growth.growth_printed is not null
    and not is_difference(growth.flow)
