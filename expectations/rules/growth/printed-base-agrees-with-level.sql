-- id: printed-base-agrees-with-level
-- severity: error
-- statement: The base that a figure prints is the level that the same source prints of that period.
-- formula: [lo(B), hi(B)] meets [lo(V₀), hi(V₀)]
-- source: ESS validation rule "uniqueness of facts"
-- needs: base_printed is not null

select
    [figures.figure_id, level.figure_id] as figures,
    'the base of ' || figures.figure_id || ', ' || figures.base_printed as left_side,
    figures.base_lower as left_lower,
    figures.base_upper as left_upper,
    '=' as relation,
    level.figure_id || ' ' || coalesce(level.value_printed, '(level not printed)') as right_side,
    level.value_lower as right_lower,
    level.value_upper as right_upper,
    figures.unit
from core.figures as figures
inner join core.growth as growth on figures.figure_id = growth.figure_id
inner join core.levels as earlier
    on
        figures.source_id = earlier.source_id
        and figures.series = earlier.series
        and figures.unit = earlier.unit
        and growth.base_start is not distinct from earlier.period_start
        and growth.base_end = earlier.period_end
inner join core.figures as level on coalesce(earlier.level_id, earlier.growth_id) = level.figure_id
where figures.base_printed is not null
