-- purpose: What the parts of a total leave over, which nobody printed: its level, base and growth
-- grain: one row a total and a set of its parts that do not overlap; a single part where none are
--   declared disjoint
-- key: total_id, part_ids
-- units: base units; growth as fractions. The ends are what must hold, rounded outward, NULL where
--   unbounded
-- column source_id: the source
-- column period: the period
-- column period_start: its first day; NULL where a cumulative states no beginning
-- column period_end: its last day
-- column published_from: first day on which all that the row says can have been published
-- column published_to: last such day, so that `published_to <= date '2020-05-01'` is what was known
--   then
-- column total_area: name of the total's area in the language of the project
-- column flow: the total's flow
-- column total_printed: the total as printed
-- column without: what the parts differ by from the total, in words
-- column level_lower: least level of what is left over
-- column level_upper: greatest level of what is left over
-- column base_lower: least level in the period the growth is measured from, as levels and growth
--   imply
-- column base_upper: greatest such level
-- column growth_lower: least growth of what is left over
-- column growth_upper: greatest growth of what is left over
-- column unit: base unit
-- column total_id: figure_id of the total
-- column part_ids: figure_ids of the parts taken away

with parts as (
    select
        sets.total_id,
        sets.part_ids,
        max(sources.published_from) as published_from,
        max(sources.published_to) as published_to
    from (select total_id, part_ids, unnest(part_ids) as part_id from core.remainders) as sets
    inner join core.figures as part on sets.part_id = part.figure_id
    inner join core.sources as sources on part.source_id = sources.source_id
    group by sets.total_id, sets.part_ids
)

select
    total.source_id,
    total.period,
    total.period_start,
    total.period_end,
    greatest(sources.published_from, parts.published_from) as published_from,
    greatest(sources.published_to, parts.published_to) as published_to,
    areas.name as total_area,
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
inner join parts on remainders.total_id = parts.total_id and remainders.part_ids = parts.part_ids
inner join core.figures as total on remainders.total_id = total.figure_id
inner join core.sources as sources on total.source_id = sources.source_id
inner join core.codes as areas on areas.list = list_of('area') and total.area = areas.code
order by remainders.total_id, remainders.part_ids
