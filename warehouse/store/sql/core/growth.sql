-- purpose: The main growth of each figure: since which period, and the base that it implies
-- grain: one row a figure that prints growth, or what is measured from its base: the base itself, a
--   change, a contribution
-- units: base units; the implied base is level over growth factor, rounded outward
-- column figure_id: the figure
-- column source_id: its source
-- column series: its series
-- column unit: base unit
-- column base_start: first day of the period it is measured from; NULL where the period is no whole
--   span
-- column base_end: last day of that period
-- column base_lower: least base that the printed level and growth allow; NULL: no level, or
--   undetermined
-- column base_upper: greatest such base

select
    figure_id,
    source_id,
    series,
    unit,
    base_start,
    base_end,
    base_lower(value_lower, growth_lower, growth_upper) as base_lower,
    base_upper(value_upper, growth_lower, growth_upper) as base_upper
from core.figures
where growth_basis is not null
order by figure_id
