-- id: change-agrees-with-levels
-- severity: error
-- statement: A printed change is the level less that of the period it is measured from, as printed
--   in the same source, or as the growth implies it.
-- formula: [lo(V) − hi(B), hi(V) − lo(B)] meets [lo(C), hi(C)]
-- source: definition of a difference
-- needs: change_printed is not null

with changes as (
    select figures.*, now.level_id
    from core.figures as figures
    inner join core.levels as now
        on
            figures.source_id = now.source_id
            and figures.series = now.series
            and figures.unit = now.unit
            and figures.period_start is not distinct from now.period_start
            and figures.period_end = now.period_end
    where figures.change_printed is not null
),

bases as (
    select
        changes.figure_id,
        base.figure_id as base_id,
        base.figure_id || ' ' || base.value_printed as printed,
        base.value_lower as lower,
        base.value_upper as upper
    from changes
    inner join measured_levels as levels
        on changes.figure_id = levels.figure_id and levels.aspect = 'growth'
    inner join core.figures as base on levels.base_id = base.figure_id

    union all

    select figure_id, null, 'the base it prints, ' || base_printed, base_lower, base_upper
    from changes
    where base_printed is not null

    union all

    select
        changes.figure_id,
        null,
        'the base that its growth ' || changes.growth_printed || ' implies',
        growth.base_lower,
        growth.base_upper
    from changes
    inner join core.growth as growth on changes.figure_id = growth.figure_id
    where changes.growth_printed is not null and not is_difference(changes.flow)
)

select
    list_sort(
        list_distinct(
            list_filter(
                [changes.figure_id, level.figure_id, bases.base_id],
                lambda id : id is not null
            )
        )
    ) as figures,
    coalesce(
        level.figure_id || ' ' || level.value_printed,
        changes.figure_id || ' (level not printed)'
    ) || ' − ' || bases.printed as left_side,
    level.value_lower - bases.upper as left_lower,
    level.value_upper - bases.lower as left_upper,
    '=' as relation,
    'the change ' || changes.change_printed as right_side,
    changes.change_lower as right_lower,
    changes.change_upper as right_upper,
    changes.unit
from changes
inner join bases on changes.figure_id = bases.figure_id
left join core.figures as level on changes.level_id = level.figure_id
