-- purpose: What each source prints of each series and period, its figures of the same fact joined
-- grain: one row a source, series, unit and period; is_latest marks the newest vintage of each fact
-- units: base units of `unit`; growth as fractions
-- column source_id: the source
-- column series: the series
-- column unit: base unit
-- column period: the period
-- column period_start: its first day
-- column period_end: its last day
-- column published_to: the vintage
-- column is_latest: the newest vintage of this fact that prints its level, or of those that print
--   none
-- column level_id: figure_id of the figure that prints the level, the most exactly where several do
-- column growth_id: figure_id of the figure that prints the growth, year on year where several do
-- column figures: all figures of this fact in this source
-- column is_contested: two of them print values, or growths on the same base, that do not agree:
--   then they may be of two facts that nobody told apart

with printed as (
    select
        *,
        max(growth_lower) over same > min(growth_upper) over same as is_growth_contested
    from core.figures
    window same as (
        partition by source_id, series, unit, period_start, period_end, growth_basis
    )
),

facts as (
    select
        source_id,
        series,
        unit,
        any_value(period order by figure_id) as period,
        period_start,
        period_end,
        published_to,
        any_value(figure_id order by value_hedge <> 'exact', value_step, figure_id)
            filter (value_printed is not null) as level_id,
        any_value(figure_id order by growth_basis <> 'year-on-year', growth_step, figure_id)
            filter (growth_printed is not null) as growth_id,
        list(figure_id order by figure_id) as figures,
        coalesce(max(value_lower) > min(value_upper), false)
        or coalesce(bool_or(is_growth_contested), false) as is_contested
    from printed
    where
        coalesce(value_printed, base_printed, growth_printed, share_printed) is not null
        or rank is not null
    group by source_id, series, unit, period_start, period_end, published_to
)

select
    source_id,
    series,
    unit,
    period,
    period_start,
    period_end,
    published_to,
    row_number() over (
        partition by series, unit, period_start, period_end
        order by level_id is null, published_to desc, growth_id is null, source_id
    ) = 1 as is_latest,
    level_id,
    growth_id,
    figures,
    is_contested
from facts
order by series, unit, period_end, period_start, published_to, source_id
