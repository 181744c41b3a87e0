-- id: growth-in-line-with-history
-- severity: warning
-- statement: A growth lies where the growth of its series usually lies, by its median and spread.
-- formula: |g − median| ≤ 6 · max(1.4826 · MAD, 2 points), eight growths or more
-- source: ESS validation, outlier detection by median and median absolute deviation
-- explained: holidays that move

with growth as (
    select figures.*, figures.growth::double as g
    from core.levels as levels
    inner join core.figures as figures on levels.growth_id = figures.figure_id
    where levels.is_latest and not is_difference(figures.flow)
),

centred as (
    select *, median(g) over same as centre, count(*) over same as others
    from growth
    window same as (partition by series, unit, span, growth_basis)
),

spread as (
    select
        *,
        6 * greatest(
            1.4826 * median(abs(g - centre)) over (partition by series, unit, span, growth_basis),
            0.02
        ) as band
    from centred
)

select
    [figure_id] as figures,
    'growth ' || growth_printed || ' of ' || figure_id as left_side,
    growth_lower as left_lower,
    growth_upper as left_upper,
    '=' as relation,
    'what the ' || others || ' growths of its series make likely' as right_side,
    case when others >= 8 then (centre - band)::decimal(18, 10) end as right_lower,
    case when others >= 8 then (centre + band)::decimal(18, 10) end as right_upper,
    'ratio' as unit
from spread
