-- id: total-growth-between-parts
-- severity: error
-- statement: Where parts make up the whole, its growth lies between the least and the greatest of
--   theirs.
-- formula: min lo(g_P) ≤ hi(g_T) and lo(g_T) ≤ max hi(g_P)
-- source: a weighted mean lies between its terms; ESS validation rule "growth of total within
--   growth of parts"
-- needs: partition is not null

select
    list_sort(list(part.figure_id)) || [total.figure_id] as figures,
    'growth ' || total.growth_printed || ' of ' || total.figure_id as left_side,
    total.growth_lower as left_lower,
    total.growth_upper as left_upper,
    '=' as relation,
    'that of its parts, ' || string_agg(
        part.figure_id || ' ' || coalesce(part.growth_printed, '(not printed)'), ', '
        order by part.figure_id
    ) as right_side,
    case
        when count(*) = count(part.growth_lower) filter (part.growth_basis = total.growth_basis)
            then min(part.growth_lower)
    end as right_lower,
    case
        when count(*) = count(part.growth_upper) filter (part.growth_basis = total.growth_basis)
            then max(part.growth_upper)
    end as right_upper,
    'ratio' as unit
from core.parts as parts
inner join core.figures as part on parts.part_id = part.figure_id
inner join core.figures as total on parts.total_id = total.figure_id
where
    parts.is_partition
    and same_definition(part.series, total.series)
    and total.growth_printed is not null
    and not is_difference(total.flow)
    and not is_difference(part.flow)
group by
    parts.part_set,
    total.figure_id,
    total.growth_printed,
    total.growth_lower,
    total.growth_upper
