-- id: no-month-is-missing
-- severity: warning
-- statement: A series that is published month after month has no gap; January and February may be
--   one figure.
-- formula: months from one period to the next ≤ what three quarters of its steps keep, six steps or
--   more
-- source: ESS validation, completeness of time series

with steps as (
    select
        figures.figure_id,
        figures.series,
        figures.unit,
        figures.period,
        figures.period_start,
        lag(figures.figure_id) over same as before_id,
        lag(figures.period) over same as before_period,
        lag(figures.period_end) over same as before_end,
        date_diff('month', lag(figures.period_end) over same, figures.period_end) as months
    from core.levels as levels
    inner join core.figures as figures on levels.level_id = figures.figure_id
    where levels.is_latest and figures.span = 'month'
    window same as (partition by figures.series, figures.unit order by figures.period_end)
),

usual as (
    select *, quantile_disc(months, 0.75) over same as usual_months, count(*) over same as others
    from steps
    where months is not null
    window same as (partition by series, unit)
)

select
    [usual.before_id, usual.figure_id] as figures,
    'the step from ' || usual.before_id || ' (' || usual.before_period || ') to '
    || usual.figure_id || ' (' || usual.period || ')' as left_side,
    case
        when together.level_id is null then months
        else usual_months
    end::decimal(18, 6) as left_lower,
    left_lower as left_upper,
    '<=' as relation,
    'the usual step in months' as right_side,
    case when others >= 6 then usual_months::decimal(18, 6) end as right_lower,
    case when others >= 6 then usual_months::decimal(18, 6) end as right_upper,
    'month' as unit
from usual
left join core.levels as together
    on
        together.is_latest
        and usual.series = together.series
        and usual.unit = together.unit
        and usual.before_end + 1 = together.period_start
        and usual.period_start - 1 = together.period_end
