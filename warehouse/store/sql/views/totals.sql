-- purpose: Totals with their parts, each part's share, printed and as the levels imply
-- grain: one row a part and its total, as the source relates them
-- key: part_id
-- units: base units; shares and growth as fractions
-- column source_id: the source
-- column period: the period of both
-- column period_start: its first day; NULL where a cumulative states no beginning
-- column period_end: its last day
-- column published_from: first day on which all that the row says can have been published
-- column published_to: last such day, so that `published_to <= date '2020-05-01'` is what was known
--   then
-- column total_area: name of the total's area in the language of the project
-- column total_flow: the total's flow
-- column total_printed: the total as printed
-- column total_value: the total
-- column total_growth: its growth
-- column total_published_from: first day on which the total can have been published
-- column total_published_to: last such day
-- column breakdown: the dimensions in which the part differs from its total
-- column part_area: name of the part's area in the language of the project
-- column part_partner: the part's partner
-- column part_flow: the part's flow
-- column part_product: the part's product
-- column part_regime: the part's regime
-- column part_operator: the part's operator
-- column part_printed: the part as printed
-- column part_value: the part
-- column part_growth: its growth
-- column part_published_from: first day on which the part can have been published
-- column part_published_to: last such day
-- column share_printed: the share as printed
-- column share_lower: least share that the two printed levels allow
-- column share_upper: greatest such share
-- column unit: base unit of both
-- column total_id: figure_id of the total
-- column part_id: figure_id of the part
-- column total_series: series of the total
-- column part_series: series of the part

select
    part.source_id,
    part.period,
    part.period_start,
    part.period_end,
    greatest(total_sources.published_from, part_sources.published_from) as published_from,
    greatest(total_sources.published_to, part_sources.published_to) as published_to,
    total_areas.name as total_area,
    total.flow as total_flow,
    total.value_printed as total_printed,
    total.value as total_value,
    total.growth as total_growth,
    total_sources.published_from as total_published_from,
    total_sources.published_to as total_published_to,
    parts.breakdown,
    part_areas.name as part_area,
    part.partner as part_partner,
    part.flow as part_flow,
    part.product as part_product,
    part.regime as part_regime,
    part.operator as part_operator,
    part.value_printed as part_printed,
    part.value as part_value,
    part.growth as part_growth,
    part_sources.published_from as part_published_from,
    part_sources.published_to as part_published_to,
    part.share_printed,
    -- Of a balance that may be a deficit as well there is no share.
    case
        when not is_difference(total.flow) or total.value_lower > 0
            then ratio_down(part.value_lower, total.value_lower, total.value_upper)
    end as share_lower,
    ratio_up(part.value_upper, total.value_lower, total.value_upper) as share_upper,
    part.unit,
    parts.total_id,
    parts.part_id,
    total.series as total_series,
    part.series as part_series
from core.parts as parts
inner join core.figures as total on parts.total_id = total.figure_id
inner join core.figures as part on parts.part_id = part.figure_id
inner join core.sources as total_sources on total.source_id = total_sources.source_id
inner join core.sources as part_sources on part.source_id = part_sources.source_id
inner join core.codes as total_areas
    on total_areas.list = list_of('area') and total.area = total_areas.code
inner join core.codes as part_areas
    on part_areas.list = list_of('area') and part.area = part_areas.code
order by parts.total_id, parts.breakdown, part.value desc nulls last, parts.part_id
