-- id: parts-not-above-total
-- severity: error
-- statement: What is part of a total is not larger than the total; parts that do not overlap are added up.
-- formula: Σ lo(P) ≤ hi(T)
-- source: IMTS 2010, ch. IV; ESS validation rule "total not below its components"

select
    list_sort(list(part.figure_id)) || [total.figure_id] as figures,
    string_agg(part.figure_id || ' ' || coalesce(part.value_printed, '(not printed)'), ' + ' order by part.figure_id) as left_side,
    case when count(*) = count(part.value_lower) then sum(part.value_lower) end as left_lower,
    case when count(*) = count(part.value_upper) then sum(part.value_upper) end as left_upper,
    '<=' as relation,
    'its total ' || total.figure_id || ' ' || coalesce(total.value_printed, '(not printed)') as right_side,
    total.value_lower as right_lower,
    total.value_upper as right_upper,
    total.unit
from core.parts as parts
inner join core.figures as part on parts.part_id = part.figure_id
inner join core.figures as total on parts.total_id = total.figure_id
inner join core.codes as measures on measures.list = 'measures' and measures.code = total.measure
where measures.additive and part.flow <> 'balance' and total.flow <> 'balance' and not parts.is_partition
group by parts.part_set, total.figure_id, total.value_printed, total.value_lower, total.value_upper, total.unit
