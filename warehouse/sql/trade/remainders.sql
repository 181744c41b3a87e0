-- purpose: What the parts of a total leave over, which nobody printed: its level, base and growth
-- grain: one row a total and a set of its parts that do not overlap; a single part where none are declared disjoint
-- key: total_id, part_ids
-- units: base units; growth as fractions. The ends are what must hold, rounded outward, NULL where unbounded
-- column source_id: the source
-- column period: the period
-- column total_area: name of the total's area in Chinese
-- column flow: the total's flow
-- column total_printed: the total as printed
-- column without: what the parts differ by from the total, in words
-- column level_lower: least level of what is left over
-- column level_upper: greatest level of what is left over
-- column base_lower: least level in the period that growth is over, as levels and growth imply
-- column base_upper: greatest such level
-- column growth_lower: least growth of what is left over
-- column growth_upper: greatest growth of what is left over
-- column unit: base unit
-- column total_id: figure_id of the total
-- column part_ids: figure_ids of the parts taken away

select
    total.source_id,
    total.period,
    areas.name_zh as total_area,
    total.flow,
    total.value_printed as total_printed,
    remainders.without,
    remainders.level_lower,
    remainders.level_upper,
    remainders.base_lower,
    remainders.base_upper,
    remainders.growth_lower,
    remainders.growth_upper,
    remainders.unit,
    remainders.total_id,
    remainders.part_ids
from core.remainders as remainders
inner join core.figures as total on remainders.total_id = total.figure_id
inner join core.codes as areas on areas.list = 'areas' and total.area = areas.code
order by remainders.total_id, remainders.part_ids
