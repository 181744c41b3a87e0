-- purpose: What must hold for figures that nobody printed, given all that a source printed
-- grain: one row a source, series, unit and period, and the parts taken away
-- units: base units; growth as fractions; the ends rounded outward; NULL: unbounded
-- column source_id: the source
-- column series: the series
-- column without: series of the parts taken away; the bounds are of what is left
-- column unit: base unit
-- column period: the period
-- column lower: least value
-- column upper: greatest value
-- column growth_lower: least growth over the year before
-- column growth_upper: greatest growth

select
    source_id,
    series,
    without,
    unit,
    period,
    lower,
    upper,
    growth_lower,
    growth_upper
from found_bounds
order by source_id, series, without, unit, period
