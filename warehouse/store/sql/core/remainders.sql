-- purpose: What the parts of a total leave over: its level, its base and its growth
-- grain: one row a total and a set of its parts that do not overlap; a single part where none are
--   declared disjoint
-- units: base units; growth as fractions. The ends are what must hold, rounded outward, NULL where
--   unbounded
-- column total_id: figure_id of the total
-- column part_ids: figure_ids of the parts taken away
-- column without: what the parts differ by from the total, in words
-- column unit: base unit
-- column level_lower: least level of what is left over
-- column level_upper: greatest level
-- column base_lower: least level in the period the growth is measured from
-- column base_upper: greatest such level
-- column growth_lower: least growth of what is left over
-- column growth_upper: greatest growth

with sets as (
    select
        parts.total_id,
        list(parts.part_id order by parts.part_id) as part_ids,
        string_agg(
            array_to_string(
                list_transform(
                    list_filter(
                        string_split(parts.breakdown, ','), lambda dimension : dimension <> ''
                    ),
                    lambda dimension : case dimension
                        when 'area' then areas.name
                        when 'flow' then part.flow
                        else dimension || ' ' || coalesce(
                            code_in(part.series, dimension), default_of(dimension)
                        )
                    end
                ),
                ' '
            ),
            ', ' order by parts.part_id
        ) as without,
        known_sum(part.value_lower) as level_lower,
        known_sum(part.value_upper) as level_upper,
        known_sum(growth.base_lower) as base_lower,
        known_sum(growth.base_upper) as base_upper
    from core.parts as parts
    inner join core.figures as part on parts.part_id = part.figure_id
    inner join core.figures as total on parts.total_id = total.figure_id
    inner join core.codes as areas on areas.list = list_of('area') and part.area = areas.code
    left join core.growth as growth
        on part.figure_id = growth.figure_id and part.growth_basis = total.growth_basis
    where not parts.is_partition and not is_difference(part.flow)
    group by parts.total_id, parts.part_set
),

remainders as (
    select
        total.figure_id as total_id,
        total.unit,
        sets.part_ids,
        sets.without,
        greatest(total.value_lower - sets.level_upper, 0) as level_lower,
        total.value_upper - sets.level_lower as level_upper,
        greatest(growth.base_lower - sets.base_upper, 0) as base_lower,
        growth.base_upper - sets.base_lower as base_upper
    from sets
    inner join core.figures as total on sets.total_id = total.figure_id
    inner join core.codes as measures
        on measures.list = 'measures' and total.measure = measures.code
    left join core.growth as growth on total.figure_id = growth.figure_id
    where
        not is_difference(total.flow)
        and measures.additive
        and parts_add_up(total.series)
)

select
    total_id,
    part_ids,
    without,
    unit,
    level_lower,
    level_upper,
    base_lower,
    base_upper,
    ratio_down(level_lower, base_lower, base_upper) - 1 as growth_lower,
    ratio_up(level_upper, base_lower, base_upper) - 1 as growth_upper
from remainders
where coalesce(level_lower, level_upper) is not null
order by total_id, part_ids
