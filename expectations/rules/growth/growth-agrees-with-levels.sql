-- id: growth-agrees-with-levels
-- severity: error
-- statement: A printed growth leads from the level a year before, printed in the same source, to this level.
-- formula: a·B ≤ V ≤ b·B, with [a, b] = 1 + [g − u/2, g + u/2]
-- source: ESS validation rule "growth rate consistent with levels"; China Customs statistics (同比)

select
    [growth.figure_id, level.figure_id, base.figure_id] as figures,
    level.figure_id || ' ' || level.value_printed as left_side,
    level.value_lower as left_lower,
    level.value_upper as left_upper,
    '=' as relation,
    base.figure_id || ' ' || base.value_printed || ' × (1 + ' || growth.growth_printed || ')' as right_side,
    case when growth.growth_lower > -1 then base.value_lower * (1 + growth.growth_lower) end as right_lower,
    case when growth.growth_lower > -1 then base.value_upper * (1 + growth.growth_upper) end as right_upper,
    growth.unit
from core.levels as now
inner join core.figures as growth on now.growth_id = growth.figure_id
inner join core.growth as over_base on now.growth_id = over_base.figure_id
inner join core.figures as level on now.level_id = level.figure_id
inner join core.levels as earlier
    on
        now.source_id = earlier.source_id
        and now.series = earlier.series
        and now.unit = earlier.unit
        and over_base.base_start is not distinct from earlier.period_start
        and over_base.base_end = earlier.period_end
inner join core.figures as base on earlier.level_id = base.figure_id
where growth.flow <> 'balance'
