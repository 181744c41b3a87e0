-- id: part-bases-not-above-total
-- severity: error
-- statement: A year earlier, too, what is part of a total was not larger than the total, as level and growth imply.
-- formula: Σ lo(P) / b_P ≤ hi(T) / a_T
-- source: IMTS 2010, ch. IV; ESS validation rule "total not below its components"

select
    list_sort(list(part.figure_id)) || [total.figure_id] as figures,
    string_agg(part.figure_id || ' ' || coalesce(part.value_printed || ' ÷ (1 + ' || part.growth_printed || ')', '(not printed)'), ' + ' order by part.figure_id) as left_side,
    case when count(*) = count(part_base.base_lower) then sum(part_base.base_lower) end as left_lower,
    case when count(*) = count(part_base.base_upper) then sum(part_base.base_upper) end as left_upper,
    '<=' as relation,
    'its total ' || total.figure_id || ' ' || total.value_printed || ' ÷ (1 + ' || total.growth_printed || ')' as right_side,
    total_base.base_lower as right_lower,
    total_base.base_upper as right_upper,
    total.unit
from core.parts as parts
inner join core.figures as part on parts.part_id = part.figure_id
inner join core.figures as total on parts.total_id = total.figure_id
left join core.growth as part_base
    on part.figure_id = part_base.figure_id and part.growth_basis = total.growth_basis
inner join core.growth as total_base on total.figure_id = total_base.figure_id
inner join core.codes as measures on measures.list = 'measures' and measures.code = total.measure
where measures.additive and part.flow <> 'balance' and total.flow <> 'balance' and not parts.is_partition
group by
    parts.part_set,
    total.figure_id,
    total.value_printed,
    total.growth_printed,
    total_base.base_lower,
    total_base.base_upper,
    total.unit
