-- purpose: Year-to-date figures against the ones before them, and the stretch between, printed or
--   not
-- grain: one row a year-to-date figure (newest vintage) and the one before it in the same year
-- key: figure_id
-- units: base units. The ends are what must hold if neither figure was revised
-- column area: code of the area
-- column area_name: its name in the language of the project
-- column flow: the flow
-- column series: area.partner.flow.product.regime.operator.measure, and .name=code for each further
--   dimension that is not at its default
-- column unit: base unit
-- column period: the later period
-- column period_start: its first day; NULL where a cumulative states no beginning
-- column period_end: its last day
-- column published_from: first day on which all that the row says can have been published
-- column published_to: last such day, so that `published_to <= date '2020-05-01'` is what was known
--   then
-- column value_printed: the later cumulative as printed
-- column earlier_period: the earlier period
-- column earlier_printed: the earlier cumulative as printed
-- column earlier_published_from: first day on which the earlier cumulative can have been published
-- column earlier_published_to: last such day
-- column between_start: first day of the stretch between
-- column between_end: last day of the stretch between
-- column between_lower: least level of the stretch between that the two imply
-- column between_upper: greatest such level
-- column between_printed: the level of that stretch as printed, where it was
-- column same_source: whether both cumulatives are of one source; if not, a revision may lie
--   between
-- column figure_id: figure_id of the later
-- column earlier_id: figure_id of the earlier
-- column between_id: figure_id of the stretch

select
    later.area,
    areas.name as area_name,
    later.flow,
    later.series,
    later.unit,
    later.period,
    later.period_start,
    later.period_end,
    greatest(
        later_sources.published_from, earlier_sources.published_from, between_sources.published_from
    ) as published_from,
    greatest(
        later_sources.published_to, earlier_sources.published_to, between_sources.published_to
    ) as published_to,
    later.value_printed,
    earlier.period as earlier_period,
    earlier.value_printed as earlier_printed,
    earlier_sources.published_from as earlier_published_from,
    earlier_sources.published_to as earlier_published_to,
    stretches.between_start,
    stretches.between_end,
    stretches.between_lower,
    stretches.between_upper,
    between_figure.value_printed as between_printed,
    later.source_id = earlier.source_id as same_source,
    later.figure_id,
    earlier.figure_id as earlier_id,
    stretches.between_id
from core.stretches as stretches
inner join core.figures as later on stretches.later_id = later.figure_id
inner join core.figures as earlier on stretches.earlier_id = earlier.figure_id
inner join core.sources as later_sources on later.source_id = later_sources.source_id
inner join core.sources as earlier_sources on earlier.source_id = earlier_sources.source_id
inner join core.codes as areas on areas.list = list_of('area') and later.area = areas.code
left join core.figures as between_figure on stretches.between_id = between_figure.figure_id
left join core.sources as between_sources on between_figure.source_id = between_sources.source_id
where stretches.scope = 'newest' and later.period_start is not null
order by later.series, later.unit, later.period_end
