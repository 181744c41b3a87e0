-- id: previous-was-printed
-- severity: warning
-- statement: A value that a source says it revises is the one that its publisher printed last.
-- formula: [lo(P), hi(P)] meets [lo(V'), hi(V')], V' of the publisher's source before
-- source: IMF, Data Quality Assessment Framework, 4.3 (revision policy)
-- needs: previous_printed is not null

with earlier as (
    select
        levels.series,
        levels.unit,
        levels.period_start,
        levels.period_end,
        levels.published_to,
        levels.level_id is null as is_without,
        coalesce(levels.level_id, levels.growth_id) as figure_id,
        sources.publisher
    from core.levels as levels
    inner join core.sources as sources on levels.source_id = sources.source_id
)

select
    [figures.figure_id, level.figure_id] as figures,
    'the value that ' || figures.figure_id || ' replaces, '
    || figures.previous_printed as left_side,
    figures.previous_lower as left_lower,
    figures.previous_upper as left_upper,
    '=' as relation,
    level.figure_id || ' ' || coalesce(level.value_printed, '(level not printed)') as right_side,
    level.value_lower as right_lower,
    level.value_upper as right_upper,
    figures.unit
from core.figures as figures
inner join core.sources as sources on figures.source_id = sources.source_id
inner join earlier
    on
        figures.series = earlier.series
        and figures.unit = earlier.unit
        and figures.period_start is not distinct from earlier.period_start
        and figures.period_end = earlier.period_end
        and sources.publisher = earlier.publisher
        and figures.published_to > earlier.published_to
inner join core.figures as level on earlier.figure_id = level.figure_id
where figures.previous_printed is not null
qualify
    row_number() over (
        partition by figures.figure_id
        order by earlier.is_without, earlier.published_to desc, level.figure_id
    ) = 1
