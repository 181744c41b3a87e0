-- purpose: Printed growth with the period it is measured from and the base it implies
-- grain: one row a figure that prints growth, or a base, or a contribution to growth
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
    case growth_basis
        when 'year-on-year' then year_before(period_start)
        when 'period-on-period' then
            case
                when span in ('month', 'quarter', 'half-year', 'year')
                    then (
                        period_start
                        - to_months(1 + date_diff('month', period_start, period_end))
                    )::date
            end
    end as base_start,
    case growth_basis
        when 'year-on-year' then year_before(period_end)
        when 'period-on-period' then
            case
                when span in ('month', 'quarter', 'half-year', 'year')
                    then (period_start - interval 1 day)::date
            end
    end as base_end,
    base_lower(value_lower, growth_lower, growth_upper) as base_lower,
    base_upper(value_upper, growth_lower, growth_upper) as base_upper
from core.figures
where coalesce(growth_printed, base_printed, share_change_printed, contribution_printed) is not null
order by figure_id
