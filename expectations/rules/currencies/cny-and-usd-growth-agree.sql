-- id: cny-and-usd-growth-agree
-- severity: warning
-- statement: Growth in yuan and in dollars differs by what the rate changed, within two per cent
--   either year.
-- formula: (1 + g_cny) / (1 + g_usd) lies within r / r₀, r the rates of the period ± 2 %
-- source: rates/exchange_rates.csv; the rate that customs uses differs from the market's by up to
--   1.8 %
-- needs: unit = 'USD'

with growth as (
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
        yuan.figure_id as yuan,
        yuan.growth_printed as yuan_growth,
        1 + yuan.growth_lower as yuan_lower,
        1 + yuan.growth_upper as yuan_upper,
        dollars.figure_id as dollars,
        dollars.growth_printed as dollars_growth,
        product_lower(
            now.cny_lower, now.cny_upper, 1 + dollars.growth_lower, 1 + dollars.growth_upper
        ) as grown_lower,
        product_upper(
            now.cny_lower, now.cny_upper, 1 + dollars.growth_lower, 1 + dollars.growth_upper
        ) as grown_upper,
        before.cny_lower as before_lower,
        before.cny_upper as before_upper
    from growth as yuan
    inner join growth as dollars
        on
            yuan.series = dollars.series
            and yuan.unit = 'CNY'
            and dollars.unit = 'USD'
            and yuan.period_start = dollars.period_start
            and yuan.period_end = dollars.period_end
            and yuan.growth_basis = dollars.growth_basis
            and yuan.is_latest
            and dollars.is_latest
    left join core.rate_bands as now
        on
            now.currency = 'USD'
            and yuan.period_start = now.period_start
            and yuan.period_end = now.period_end
    left join core.rate_bands as before
        on
            before.currency = 'USD'
            and yuan.base_start = before.period_start
            and yuan.base_end = before.period_end
    where yuan.flow <> 'balance'
)

select
    [yuan, dollars] as figures,
    'factor of growth ' || yuan_growth || ' of ' || yuan as left_side,
    yuan_lower as left_lower,
    yuan_upper as left_upper,
    '=' as relation,
    'that of ' || dollars_growth || ' of ' || dollars
    || ' and the change of the rate' as right_side,
    ratio_down(grown_lower, before_lower, before_upper) as right_lower,
    ratio_up(grown_upper, before_lower, before_upper) as right_upper,
    'ratio' as unit
from worth
