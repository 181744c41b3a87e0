-- id: no-month-is-missing
-- severity: warning
-- statement: A series that is published month after month has no gap.
-- formula: months from one period to the next ≤ the usual number, six periods or more
-- source: ESS validation, completeness of time series

with steps as (
    select
        figures.figure_id,
        figures.series,
        figures.unit,
        figures.period,
        lag(figures.figure_id) over same as before_id,
        lag(figures.period) over same as before_period,
        date_diff('month', lag(figures.period_end) over same, figures.period_end) as months
    from core.levels as levels
    inner join core.figures as figures on levels.level_id = figures.figure_id
    where levels.is_latest and figures.span = 'month'
    window same as (partition by figures.series, figures.unit order by figures.period_end)
),

usual as (
    select *, median(months) over same as usual_months, count(*) over same as others
    from steps
    where months is not null
    window same as (partition by series, unit)
)

select
    [before_id, figure_id] as figures,
    'the step from ' || before_period || ' to ' || period || ' of ' || series as left_side,
    months::decimal(18, 6) as left_lower,
    months::decimal(18, 6) as left_upper,
    '<=' as relation,
    'the usual step in months' as right_side,
    case when others >= 6 then usual_months::decimal(18, 6) end as right_lower,
    case when others >= 6 then usual_months::decimal(18, 6) end as right_upper,
    'month' as unit
from usual
