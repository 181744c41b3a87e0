-- id: series-is-up-to-date
-- severity: warning
-- statement: A monthly series goes as far as the newest monthly figures of the same area and flow.
-- formula: last month of the series + 2 ≥ last month of any
-- source: ESS validation, timeliness

with monthly as (
    select figures.*
    from core.levels as levels
    inner join core.figures as figures on levels.level_id = figures.figure_id
    where levels.is_latest and figures.span = 'month'
),

ends as (
    select
        series,
        unit,
        area,
        flow,
        count(*) as months,
        max(period_end) as last_end,
        arg_max(figure_id, period_end) as last_id
    from monthly
    group by series, unit, area, flow
),

newest as (
    select
        *,
        max(last_end) over same as newest_end,
        arg_max(last_id, last_end) over same as newest_id
    from ends
    window same as (partition by area, flow)
)

select
    [last_id, newest_id] as figures,
    'the months from ' || last_id || ', the last of its series, to ' || newest_id
    || ', the newest of its area' as left_side,
    date_diff('month', last_end, newest_end)::decimal(18, 6) as left_lower,
    date_diff('month', last_end, newest_end)::decimal(18, 6) as left_upper,
    '<=' as relation,
    'the two months that publication may take' as right_side,
    case when months >= 6 then 2::decimal(18, 6) end as right_lower,
    case when months >= 6 then 2::decimal(18, 6) end as right_upper,
    'month' as unit
from newest
where last_id <> newest_id
