-- purpose: Areas against the areas that lie in them: how much of the whole the printed ones cover
-- grain: one row an area with a printed level and a kind of areas inside it, per series, unit and
--   period
-- key: figure_id, inner_kind
-- units: base units; shares as fractions. Newest vintages, so the sources may differ
-- column area: code of the whole
-- column area_name: its name in the language of the project
-- column flow: the flow
-- column series: series of the whole
-- column unit: base unit
-- column period: the period
-- column period_start: its first day; NULL where a cumulative states no beginning
-- column period_end: its last day
-- column published_from: first day on which all that the row says can have been published
-- column published_to: last such day, so that `published_to <= date '2020-05-01'` is what was known
--   then
-- column value_printed: the whole as printed
-- column inner_kind: kind of the areas inside: province, prefecture, county or zone
-- column areas_printed: how many of them are printed
-- column areas_known: how many of that kind lie in the area, by the code list
-- column inner_lower: least sum of the printed ones
-- column inner_upper: greatest sum of the printed ones
-- column share_lower: least share of the whole that they make up
-- column share_upper: greatest such share
-- column figure_id: figure_id of the whole
-- column inner_ids: figure_ids of the areas inside

with inside as (
    select code as area, ancestor as outer_area, kind
    from core.code_ancestors
    where list = list_of('area') and counts_within
),

known as (
    select outer_area, kind, count(*) as areas_known from inside group by outer_area, kind
),

latest as (
    select
        figures.*,
        sources.published_from
    from core.levels as levels
    inner join core.figures as figures on levels.level_id = figures.figure_id
    inner join core.sources as sources on figures.source_id = sources.source_id
    inner join core.codes as measures
        on measures.list = 'measures' and figures.measure = measures.code
    where levels.is_latest and measures.additive and figures.flow in ('exports', 'imports', 'trade')
)

select
    whole.area,
    areas.name as area_name,
    whole.flow,
    whole.series,
    whole.unit,
    whole.period,
    whole.period_start,
    whole.period_end,
    greatest(any_value(whole.published_from), max(part.published_from)) as published_from,
    greatest(any_value(whole.published_to), max(part.published_to)) as published_to,
    any_value(whole.value_printed) as value_printed,
    inside.kind as inner_kind,
    count(*) as areas_printed,
    any_value(known.areas_known) as areas_known,
    sum(coalesce(part.value_lower, 0)) as inner_lower,
    known_sum(part.value_upper) as inner_upper,
    ratio_down(
        inner_lower, any_value(whole.value_lower), any_value(whole.value_upper)
    ) as share_lower,
    ratio_up(
        inner_upper, any_value(whole.value_lower), any_value(whole.value_upper)
    ) as share_upper,
    whole.figure_id,
    list(part.figure_id order by part.figure_id) as inner_ids
from latest as whole
inner join inside on whole.area = inside.outer_area
inner join latest as part
    on
        inside.area = part.area
        and series_but(whole.series, ['area']) = series_but(part.series, ['area'])
        and whole.unit = part.unit
        and whole.period_start is not distinct from part.period_start
        and whole.period_end = part.period_end
inner join known on inside.outer_area = known.outer_area and inside.kind = known.kind
inner join core.codes as areas on areas.list = list_of('area') and whole.area = areas.code
group by
    whole.area,
    areas.name,
    whole.flow,
    whole.series,
    whole.unit,
    whole.period,
    whole.period_start,
    whole.period_end,
    inside.kind,
    whole.figure_id
order by whole.figure_id, inside.kind
