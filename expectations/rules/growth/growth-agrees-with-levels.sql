-- id: growth-agrees-with-levels
-- severity: error
-- statement: A printed growth leads from the level a year before, printed in the same source, to
--   this level.
-- formula: a·B ≤ V ≤ b·B, with [a, b] = 1 + [g − u/2, g + u/2]
-- source: ESS validation rule "growth rate consistent with levels"; China Customs statistics (同比)
-- needs: growth_printed is not null or other_growth_printed is not null

select
    list_sort(list_distinct([growth.figure_id, level.figure_id, base.figure_id])) as figures,
    level.figure_id || ' ' || level.value_printed as left_side,
    level.value_lower as left_lower,
    level.value_upper as left_upper,
    '=' as relation,
    base.figure_id || ' ' || base.value_printed || ' × (1 + ' || growth.growth_printed
    || case when growth.figure_id <> level.figure_id then ' of ' || growth.figure_id else '' end
    || ')' as right_side,
    grown_lower(
        base.value_lower, base.value_upper, growth.growth_lower, growth.growth_upper
    ) as right_lower,
    grown_upper(
        base.value_lower, base.value_upper, growth.growth_lower, growth.growth_upper
    ) as right_upper,
    growth.unit
from core.printed_growth as growth
inner join measured_levels as levels
    on growth.figure_id = levels.figure_id and growth.aspect = levels.aspect
inner join core.figures as level on levels.level_id = level.figure_id
inner join core.figures as base on levels.base_id = base.figure_id
where not is_difference(level.flow)
