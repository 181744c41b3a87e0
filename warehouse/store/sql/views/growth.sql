-- purpose: Every printed growth, the base it implies, and what was published of that base
-- grain: one row a figure that prints growth
-- key: figure_id
-- fields: the last columns are those dimensions that a series names where they are stated
-- units: base units; growth and revision as fractions
-- column area: code of the area
-- column area_name: its name in the language of the project
-- column partner: code of the partner
-- column flow: the flow
-- column product: code of the goods
-- column regime: code of the regime
-- column operator: code of the operator
-- column measure: what is counted
-- column unit: base unit
-- column period: the period
-- column period_start: its first day; NULL where a cumulative states no beginning
-- column period_end: its last day
-- column value_printed: the level as printed
-- column growth_printed: the growth as printed
-- column growth_lower: least growth that is printed so
-- column growth_upper: greatest growth that is printed so
-- column growth_basis: which period the growth is measured from
-- column base_start: first day of the base period
-- column base_end: last day of the base period
-- column base_lower: least base that level and growth imply
-- column base_upper: greatest base that level and growth imply
-- column base_published: the newest published level of the base period, as printed
-- column base_published_from: first day on which that level can have been published
-- column base_published_to: last such day
-- column revision_lower: least revision of that level that growth implies; a base is revised, which
--   is no error
-- column revision_upper: greatest such revision
-- column source_id: the source
-- column published_from: first day on which all that the row says can have been published
-- column published_to: last such day, so that `published_to <= date '2020-05-01'` is what was known
--   then
-- column figure_id: the figure
-- column base_id: figure_id of the published level

with further as (
    select figure_id, columns(lambda name : list_contains(further_dimensions(), name))
    from core.figures
)

select
    figures.area,
    areas.name as area_name,
    figures.partner,
    figures.flow,
    figures.product,
    figures.regime,
    figures.operator,
    figures.measure,
    figures.unit,
    figures.period,
    figures.period_start,
    figures.period_end,
    figures.value_printed,
    figures.growth_printed,
    figures.growth_lower,
    figures.growth_upper,
    figures.growth_basis,
    growth.base_start,
    growth.base_end,
    growth.base_lower,
    growth.base_upper,
    base.value_printed as base_published,
    base_sources.published_from as base_published_from,
    base_sources.published_to as base_published_to,
    case
        when not is_difference(figures.flow) or base.value_lower > 0
            then ratio_down(growth.base_lower, base.value_lower, base.value_upper) - 1
    end as revision_lower,
    ratio_up(growth.base_upper, base.value_lower, base.value_upper) - 1 as revision_upper,
    figures.source_id,
    greatest(sources.published_from, base_sources.published_from) as published_from,
    greatest(sources.published_to, base_sources.published_to) as published_to,
    figures.figure_id,
    base.figure_id as base_id,
    further.* exclude (figure_id)
from core.growth as growth
inner join core.figures as figures on growth.figure_id = figures.figure_id
inner join further on growth.figure_id = further.figure_id
inner join core.sources as sources on figures.source_id = sources.source_id
inner join core.codes as areas on areas.list = list_of('area') and figures.area = areas.code
left join core.levels as earlier
    on
        growth.series = earlier.series
        and growth.unit = earlier.unit
        and growth.base_start is not distinct from earlier.period_start
        and growth.base_end = earlier.period_end
        and earlier.is_latest
left join core.figures as base on earlier.level_id = base.figure_id
left join core.sources as base_sources on base.source_id = base_sources.source_id
where figures.growth_printed is not null
order by figures.figure_id
