-- purpose: Every fact as every source printed it: the same series and period published twice gives
--   two rows
-- grain: one row a source, series, unit and period
-- key: source_id, series, unit, period
-- fields: the last columns are those dimensions that a series names where they are stated
-- units: values in the base unit `unit` (CNY, USD, kg, piece, …); growth as fractions (0.203 is
--   20.3 %)
-- column area: code of the reporting area
-- column area_name: its name in the language of the project
-- column area_name_en: its name in English
-- column partner: code of the partner; WLD is all
-- column flow: exports, imports, trade (both), balance or none
-- column product: code of the goods; total is all
-- column regime: code of the customs regime; total is all
-- column operator: code of the kind of enterprise; total is all
-- column measure: value, weight, quantity, orders, …
-- column unit: base unit of the values
-- column period: 2020, 2020-03, 2020-01/2020-04, 2020-05-08 or ../2020-05-08
-- column period_start: first day
-- column period_end: last day
-- column value_printed: the value as printed
-- column value: the printed value
-- column value_lower: least value that is printed so; NULL with value_printed set: unbounded
-- column value_upper: greatest value that is printed so; NULL likewise
-- column growth_printed: the growth as printed
-- column growth: the printed growth
-- column growth_lower: least growth that is printed so
-- column growth_upper: greatest growth that is printed so
-- column growth_basis: which period the growth is measured from
-- column source_id: the source
-- column publisher: who published it
-- column published: when, as precisely as known: text, 2020, 2020-05 or 2020-05-09
-- column published_from: first day on which it can have been published
-- column published_to: last such day, so that `published_to <= date '2020-05-01'` is what was known
--   then
-- column is_latest: the newest vintage of this fact; the view `figures` holds these rows
-- column level_id: figure_id that prints the value
-- column growth_id: figure_id that prints the growth
-- column series: area.partner.flow.product.regime.operator.measure, and .name=code for each further
--   dimension that is not at its default
-- column status: what the source says of the value: P provisional, E estimated, …; NULL: nothing
-- column confidentiality: whether and why the number is kept from the public; NULL where not said

with further as (
    select figure_id, columns(lambda name : list_contains(further_dimensions(), name))
    from core.figures
)

select
    one.area,
    areas.name as area_name,
    areas.name_en as area_name_en,
    one.partner,
    one.flow,
    one.product,
    one.regime,
    one.operator,
    one.measure,
    levels.unit,
    levels.period,
    levels.period_start,
    levels.period_end,
    level.value_printed,
    level.value,
    level.value_lower,
    level.value_upper,
    growth.growth_printed,
    growth.growth,
    growth.growth_lower,
    growth.growth_upper,
    growth.growth_basis,
    levels.source_id,
    sources.publisher,
    sources.published,
    sources.published_from,
    sources.published_to,
    levels.is_latest,
    levels.level_id,
    levels.growth_id,
    levels.series,
    coalesce(level.status, growth.status) as status,
    coalesce(level.confidentiality, growth.confidentiality) as confidentiality,
    further.* exclude (figure_id)
from core.levels as levels
inner join core.figures as one on levels.figures[1] = one.figure_id
inner join further on levels.figures[1] = further.figure_id
inner join core.sources as sources on levels.source_id = sources.source_id
inner join core.codes as areas on areas.list = list_of('area') and one.area = areas.code
left join core.figures as level on levels.level_id = level.figure_id
left join core.figures as growth on levels.growth_id = growth.figure_id
where coalesce(levels.level_id, levels.growth_id) is not null
order by
    levels.series,
    levels.unit,
    levels.period_end,
    levels.period_start,
    sources.published_to,
    levels.source_id
