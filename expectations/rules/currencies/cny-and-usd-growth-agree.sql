-- id: cny-and-usd-growth-agree
-- severity: warning
-- statement: Growth in two currencies, such as yuan and dollars, differs by what the rate changed,
--   within two per cent either year.
-- formula: (1 + g_b) / (1 + g_a) lies within r / r₀, r the rates of a in b of the period ± 2 %
-- source: rates/exchange_rates.csv; the rate that customs uses differs from the market's by up to
--   1.8 %
-- needs: unit in (select currency from core.rates)

with quoted as (select distinct currency, quote from core.rates),

growth as (
    select
        levels.is_latest,
        over_base.base_start,
        over_base.base_end,
        figures.*
    from core.levels as levels
    inner join core.figures as figures on levels.growth_id = figures.figure_id
    inner join core.growth as over_base on levels.growth_id = over_base.figure_id
),

worth as (
    select
        here.figure_id as here,
        here.growth_printed as here_growth,
        1 + here.growth_lower as here_lower,
        1 + here.growth_upper as here_upper,
        there.figure_id as there,
        there.growth_printed as there_growth,
        product_lower(
            now.rate_lower, now.rate_upper, 1 + there.growth_lower, 1 + there.growth_upper
        ) as grown_lower,
        product_upper(
            now.rate_lower, now.rate_upper, 1 + there.growth_lower, 1 + there.growth_upper
        ) as grown_upper,
        before.rate_lower as before_lower,
        before.rate_upper as before_upper
    from growth as here
    inner join growth as there
        on
            here.series = there.series
            and here.period_start = there.period_start
            and here.period_end = there.period_end
            and here.growth_basis = there.growth_basis
            and here.is_latest
            and there.is_latest
    inner join quoted on here.unit = quoted.quote and there.unit = quoted.currency
    left join core.rate_bands as now
        on
            there.unit = now.currency
            and here.unit = now.quote
            and here.period_start = now.period_start
            and here.period_end = now.period_end
    left join core.rate_bands as before
        on
            there.unit = before.currency
            and here.unit = before.quote
            and here.base_start = before.period_start
            and here.base_end = before.period_end
    where not is_difference(here.flow)
)

select
    [here, there] as figures,
    'factor of growth ' || here_growth || ' of ' || here as left_side,
    here_lower as left_lower,
    here_upper as left_upper,
    '=' as relation,
    'that of ' || there_growth || ' of ' || there || ' and the change of the rate' as right_side,
    ratio_down(grown_lower, before_lower, before_upper) as right_lower,
    ratio_up(grown_upper, before_lower, before_upper) as right_upper,
    'ratio' as unit
from worth
