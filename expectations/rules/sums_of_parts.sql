-- purpose: The parts of each total added up, beside the total: their levels as printed, and the
--   bases that levels and growth imply
-- grain: one row a set of parts that may be added up and a number
-- units: base units
-- column number: what is added up: level or base
-- column figures: figure_ids of the parts, and of the total at the end
-- column parts_printed: the parts as printed
-- column parts_lower: least sum of the parts; NULL where any is not known
-- column parts_upper: greatest sum of the parts; NULL where any is not known
-- column total_id: figure_id of the total
-- column total_printed: the total as printed
-- column total_lower: least number that is printed so
-- column total_upper: greatest number that is printed so
-- column unit: base unit
-- column is_partition: whether the parts make up the whole total
-- column is_additive: whether what is counted can be added up at all
-- column is_part_balance: whether the parts are balances
-- column is_total_balance: whether the total is one

with numbers as (
    select
        'level' as number,
        figure_id,
        value_printed as printed,
        value_lower as lower,
        value_upper as upper
    from core.figures
    union all
    select
        'base' as number,
        growth.figure_id,
        base_printed(figures.value_printed, figures.growth_printed) as printed,
        growth.base_lower as lower,
        growth.base_upper as upper
    from core.growth as growth
    inner join core.figures as figures on growth.figure_id = figures.figure_id
)

select
    of_total.number,
    list_sort(list(part.figure_id)) || [total.figure_id] as figures,
    string_agg(
        part.figure_id || ' ' || coalesce(of_part.printed, '(not printed)'), ' + '
        order by part.figure_id
    ) as parts_printed,
    -- Bases are of one period only where both growths are over the same.
    known_sum(
        case
            when of_total.number = 'level' or part.growth_basis = total.growth_basis
                then of_part.lower
        end
    ) as parts_lower,
    known_sum(
        case
            when of_total.number = 'level' or part.growth_basis = total.growth_basis
                then of_part.upper
        end
    ) as parts_upper,
    total.figure_id as total_id,
    of_total.printed as total_printed,
    of_total.lower as total_lower,
    of_total.upper as total_upper,
    total.unit,
    parts.is_partition,
    measures.additive and parts_add_up(total.series) as is_additive,
    is_difference(part.flow) as is_part_balance,
    is_difference(total.flow) as is_total_balance
from core.parts as parts
inner join core.figures as part on parts.part_id = part.figure_id
inner join core.figures as total on parts.total_id = total.figure_id
inner join core.codes as measures on measures.list = 'measures' and total.measure = measures.code
inner join numbers as of_total on parts.total_id = of_total.figure_id
left join numbers as of_part
    on parts.part_id = of_part.figure_id and of_total.number = of_part.number
where same_definition(part.series, total.series)
group by
    of_total.number,
    parts.part_set,
    total.figure_id,
    of_total.printed,
    of_total.lower,
    of_total.upper,
    total.unit,
    parts.is_partition,
    measures.additive,
    parts_add_up(total.series),
    is_difference(part.flow),
    is_difference(total.flow)
