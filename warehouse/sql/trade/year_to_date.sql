-- purpose: Year-to-date figures against the ones before them, and the stretch between, printed or not
-- grain: one row a year-to-date figure (newest vintage) and the one before it in the same year
-- units: base units. The ends are what must hold if neither figure was revised
-- column area: code of the area
-- column area_name: its name in Chinese
-- column flow: the flow
-- column series: area.partner.flow.product.regime.operator.measure
-- column unit: base unit
-- column period: the later period
-- column value_printed: the later cumulative as printed
-- column earlier_period: the earlier period
-- column earlier_printed: the earlier cumulative as printed
-- column between_start: first day of the stretch between
-- column between_end: last day of the stretch between
-- column between_lower: least level of the stretch between that the two imply
-- column between_upper: greatest such level
-- column between_printed: the level of that stretch as printed, where it was
-- column same_source: whether both cumulatives are of one source; if not, a revision may lie between
-- column figure_id: figure_id of the later
-- column earlier_id: figure_id of the earlier
-- column between_id: figure_id of the stretch

with cumulatives as (
    select
        figures.*,
        lag(figures.figure_id) over earlier as earlier_id
    from core.levels as levels
    inner join core.figures as figures on levels.level_id = figures.figure_id
    inner join core.codes as measures on measures.list = 'measures' and figures.measure = measures.code
    where
        levels.is_latest
        and measures.additive
        and figures.flow in ('exports', 'imports', 'trade')
        and dayofyear(figures.period_start) = 1
        and year(figures.period_start) = year(figures.period_end)
    window earlier as (
        partition by figures.series, figures.unit, figures.period_start
        order by figures.period_end
    )
)

select
    later.area,
    areas.name_zh as area_name,
    later.flow,
    later.series,
    later.unit,
    later.period,
    later.value_printed,
    earlier.period as earlier_period,
    earlier.value_printed as earlier_printed,
    earlier.period_end + 1 as between_start,
    later.period_end as between_end,
    greatest(later.value_lower - earlier.value_upper, 0) as between_lower,
    later.value_upper - earlier.value_lower as between_upper,
    between_figure.value_printed as between_printed,
    later.source_id = earlier.source_id as same_source,
    later.figure_id,
    earlier.figure_id as earlier_id,
    between_figure.figure_id as between_id
from cumulatives as later
inner join core.figures as earlier on later.earlier_id = earlier.figure_id
inner join core.codes as areas on areas.list = 'areas' and later.area = areas.code
left join core.levels as between_levels
    on
        later.series = between_levels.series
        and later.unit = between_levels.unit
        and between_levels.period_start = earlier.period_end + 1
        and later.period_end = between_levels.period_end
        and between_levels.is_latest
left join core.figures as between_figure on between_levels.level_id = between_figure.figure_id
order by later.series, later.unit, later.period_end
