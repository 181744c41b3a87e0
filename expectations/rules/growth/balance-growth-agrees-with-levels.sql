-- id: balance-growth-agrees-with-levels
-- severity: error
-- statement: A printed growth of a balance leads from the balance before to this one where both
--   are surpluses, and where both are deficits by their size, whichever way publishers count that.
-- formula: both above zero, V meets B·(1 + g); both below, |V| meets |B|·(1 + g) or |B|·(1 − g)
-- source: ESS validation rule "growth rate consistent with levels"; Japan Customs counts by size
-- needs: is_difference(flow) and coalesce(growth_printed, other_growth_printed) is not null

with bases as (
    select
        growth.figure_id,
        growth.growth_printed,
        growth.growth_lower,
        growth.growth_upper,
        levels.level_id,
        levels.base_id,
        base.value_printed as base_printed,
        base.value_lower as base_lower,
        base.value_upper as base_upper
    from core.printed_growth as growth
    inner join measured_levels as levels
        on growth.figure_id = levels.figure_id and growth.aspect = levels.aspect
    inner join core.figures as base on levels.base_id = base.figure_id

    union all

    select
        figure_id,
        growth_printed,
        growth_lower,
        growth_upper,
        figure_id,
        null,
        base_printed,
        base_lower,
        base_upper
    from core.figures
    where base_printed is not null and growth_printed is not null and value_printed is not null
),

signed as (
    select
        bases.*,
        case
            when level.value_lower > 0 and bases.base_lower > 0 then 1
            when level.value_upper < 0 and bases.base_upper < 0 then -1
        end as sign,
        level.value_printed,
        level.value_lower,
        level.value_upper,
        level.unit
    from bases
    inner join core.figures as level on bases.level_id = level.figure_id
    where is_difference(level.flow)
),

implied as (
    select
        *,
        product_lower(base_lower, base_upper, 1 + growth_lower, 1 + growth_upper) as lower,
        product_upper(base_lower, base_upper, 1 + growth_lower, 1 + growth_upper) as upper,
        product_lower(base_lower, base_upper, 1 - growth_upper, 1 - growth_lower) as turned_lower,
        product_upper(base_lower, base_upper, 1 - growth_upper, 1 - growth_lower) as turned_upper,
        sign < 0
        and not may_meet(value_lower, value_upper, lower, upper)
        and may_meet(value_lower, value_upper, turned_lower, turned_upper) as is_turned
    from signed
)

select
    list_sort(
        list_distinct(
            list_filter([figure_id, level_id, base_id], lambda id : id is not null)
        )
    ) as figures,
    level_id || ' ' || value_printed as left_side,
    value_lower as left_lower,
    value_upper as left_upper,
    '=' as relation,
    coalesce(base_id || ' ', 'the base it prints, ') || base_printed
    || case when is_turned then ' × (1 − ' else ' × (1 + ' end || growth_printed
    || case when figure_id <> level_id then ' of ' || figure_id else '' end || ')'
    || case
        when sign is null then ', of which a growth says nothing, the sign not being the same'
        else ''
    end as right_side,
    case when sign is not null then if(is_turned, turned_lower, lower) end as right_lower,
    case when sign is not null then if(is_turned, turned_upper, upper) end as right_upper,
    unit
from implied
