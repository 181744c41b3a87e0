-- id: growth-agrees-on-no-other-basis
-- severity: warning
-- statement: A growth that does not lead from the level that it says it is measured from to its own
--   leads there from no level of another basis.
-- formula: where a·B ≤ V ≤ b·B cannot hold of the base B that is stated, nor does it of the base of
--   another basis that the source prints
-- source: growths on the year before that were published as being on the month before
-- needs: growth_printed is not null or other_growth_printed is not null
-- asks: is it measured from there? Then write so as its growth_basis

with wrong as (
    select
        growth.*,
        figures.period_start,
        figures.period_end,
        level.figure_id as level_id,
        level.value_printed,
        level.value_lower,
        level.value_upper
    from core.printed_growth as growth
    inner join core.figures as figures on growth.figure_id = figures.figure_id
    inner join core.levels as now
        on
            figures.source_id = now.source_id
            and figures.series = now.series
            and figures.unit = now.unit
            and figures.period_start is not distinct from now.period_start
            and figures.period_end = now.period_end
    inner join core.figures as level on now.level_id = level.figure_id
    left join measured_levels as measured
        on growth.figure_id = measured.figure_id and growth.aspect = measured.aspect
    left join core.figures as base on measured.base_id = base.figure_id
    where
        not is_difference(figures.flow)
        and (
            -- Before January to May there is no period that is as long.
            (growth.growth_basis = 'period-on-period' and growth.base_end is null)
            or not may_meet(
                level.value_lower,
                level.value_upper,
                grown_lower(
                    base.value_lower, base.value_upper, growth.growth_lower, growth.growth_upper
                ),
                grown_upper(
                    base.value_lower, base.value_upper, growth.growth_lower, growth.growth_upper
                )
            )
        )
),

compared as (
    select
        wrong.*,
        bases.code as other_basis,
        base.figure_id as base_id,
        base.value_printed as base_printed,
        grown_lower(base.value_lower, base.value_upper, wrong.growth_lower, wrong.growth_upper)
        as lower,
        grown_upper(base.value_lower, base.value_upper, wrong.growth_lower, wrong.growth_upper)
        as upper
    from wrong
    cross join (select unnest(growth_bases(), recursive := true)) as bases
    inner join core.levels as earlier
        on
            wrong.source_id = earlier.source_id
            and wrong.series = earlier.series
            and wrong.unit = earlier.unit
            and if(
                bases.months is null,
                wrong.period_start = earlier.period_end + 1
                and datediff('month', wrong.period_start, wrong.period_end + 1)
                = datediff('month', earlier.period_start, earlier.period_end + 1),
                (wrong.period_end + 1 - to_months(bases.months))::date = earlier.period_end + 1
                and (wrong.period_start - to_months(bases.months))::date
                is not distinct from earlier.period_start
            )
    inner join core.figures as base on earlier.level_id = base.figure_id
    -- What it prints of the other basis beside this one may be alike.
    left join core.printed_growth as beside
        on
            wrong.figure_id = beside.figure_id
            and wrong.aspect <> beside.aspect
            and bases.code = beside.growth_basis
    where beside.figure_id is null and bases.code <> wrong.growth_basis
)

select
    list_sort(list_distinct([figure_id, level_id, base_id])) as figures,
    'the growth ' || growth_printed || ' of ' || figure_id || ', said to be ' || growth_basis
    || ', leads as ' || other_basis || ' from ' || base_id || ' ' || base_printed || ' to '
    || level_id || ' ' || value_printed as left_side,
    if(may_meet(value_lower, value_upper, lower, upper), 1, 0)::decimal(18, 6) as left_lower,
    left_lower as left_upper,
    '<=' as relation,
    '' as right_side,
    -- Open ends agree with much.
    case when value_lower + value_upper + lower + upper is not null then 0 end::decimal(18, 6)
    as right_lower,
    right_lower as right_upper,
    'item' as unit
from compared
