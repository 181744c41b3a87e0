-- id: level-in-line-with-history
-- severity: warning
-- statement: A month, quarter or year changes from the one before by no more than its series
--   usually does.
-- formula: |ln(V_t / V_t−1) − median| ≤ 6 · max(1.4826 · MAD, 0.1), eight changes or more; of two
--   to seven changes each is by less than a hundred
-- source: ESS validation, outlier detection by median and median absolute deviation
-- explained: holidays that move

with steps as (
    select
        figures.*,
        lag(figures.figure_id) over same as before_id,
        lag(figures.value_printed) over same as before_printed,
        lag(figures.value_lower) over same as before_lower,
        lag(figures.value_upper) over same as before_upper,
        case
            when lag(figures.period_end) over same + 1 = figures.period_start
                then ln(figures.value::double / (lag(figures.value) over same)::double)
        end as step
    from core.levels as levels
    inner join core.figures as figures on levels.level_id = figures.figure_id
    where
        levels.is_latest
        and not is_difference(figures.flow)
        and figures.value > 0
        and figures.span in ('month', 'quarter', 'half-year', 'year')
    window same as (
        partition by figures.series, figures.unit, figures.span
        order by figures.period_end
    )
),

centred as (
    select *, median(step) over same as centre, count(*) over same as others
    from steps
    where step is not null
    window same as (partition by series, unit, span)
),

spread as (
    select
        * replace (if(others >= 8, centre, 0) as centre),
        case
            when others >= 8
                then 6 * greatest(
                    1.4826 * median(abs(step - centre)) over (partition by series, unit, span),
                    0.1
                )
            -- Few changes say only by what no series changes: a thousand for a million.
            else ln(100)
        end as band
    from centred
)

select
    [before_id, figure_id] as figures,
    figure_id || ' ' || value_printed as left_side,
    value_lower as left_lower,
    value_upper as left_upper,
    '=' as relation,
    'what the ' || others || ' changes of its series make likely after ' || before_id || ' '
    || before_printed as right_side,
    -- The lower end of what is about nothing is negative, and the greater factor takes it further
    -- down.
    case
        when others >= 2 then try_cast(
            before_lower::double * exp(centre - band * sign(before_lower)) as decimal(38, 6)
        )
    end as right_lower,
    case
        when others >= 2 then try_cast(before_upper::double * exp(centre + band) as decimal(38, 6))
    end as right_upper,
    unit
from spread
