-- purpose: Every growth that a figure prints, with the period that it is measured from
-- grain: one row a figure and growth that it prints, of which there may be two
-- units: growth as fractions
-- column figure_id: the figure
-- column aspect: growth or other_growth
-- column source_id: its source
-- column series: its series
-- column unit: base unit of its level
-- column growth_basis: which period it is measured from: a code, or a period
-- column growth_printed: the growth as printed
-- column growth_lower: least growth that is printed so; NULL: unbounded
-- column growth_upper: greatest growth that is printed so; NULL: unbounded
-- column base_start: first day of the period it is measured from; NULL where the period is no whole
--   span
-- column base_end: last day of that period

with growths as (
    select
        figure_id,
        source_id,
        series,
        unit,
        unnest([
            {
                'aspect': 'growth',
                'growth_basis': growth_basis,
                'growth_printed': growth_printed,
                'growth_lower': growth_lower,
                'growth_upper': growth_upper,
                'base_start': base_start,
                'base_end': base_end
            },
            {
                'aspect': 'other_growth',
                'growth_basis': other_growth_basis,
                'growth_printed': other_growth_printed,
                'growth_lower': other_growth_lower,
                'growth_upper': other_growth_upper,
                'base_start': other_base_start,
                'base_end': other_base_end
            }
        ]) as growth
    from core.figures
)

select
    figure_id,
    growth.aspect,
    source_id,
    series,
    unit,
    growth.growth_basis,
    growth.growth_printed,
    growth.growth_lower,
    growth.growth_upper,
    growth.base_start,
    growth.base_end
from growths
where growth.growth_printed is not null
order by figure_id, growth.aspect
