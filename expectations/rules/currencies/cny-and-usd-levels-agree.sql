-- id: cny-and-usd-levels-agree
-- severity: warning
-- statement: The same trade in yuan and in dollars stands at a rate that the period had, within two
--   per cent.
-- formula: r_lo·V_usd ≤ V_cny ≤ r_hi·V_usd, r the monthly rates of the period ± 2 %
-- source: rates/exchange_rates.csv; the rate that customs uses differs from the market's by up to
--   1.8 %
-- needs: unit = 'USD'

with pairs as (
    select
        yuan.*,
        dollars.level_id as dollars_id
    from core.levels as yuan
    inner join core.levels as dollars
        on
            yuan.series = dollars.series
            and yuan.unit = 'CNY'
            and dollars.unit = 'USD'
            and yuan.period_start = dollars.period_start
            and yuan.period_end = dollars.period_end
            and yuan.is_latest
            and dollars.is_latest
)

select
    [yuan.figure_id, dollars.figure_id] as figures,
    yuan.figure_id || ' ' || yuan.value_printed as left_side,
    yuan.value_lower as left_lower,
    yuan.value_upper as left_upper,
    '=' as relation,
    dollars.figure_id || ' ' || dollars.value_printed
    || ' at the rates of the period' as right_side,
    product_lower(
        dollars.value_lower, dollars.value_upper, rates.cny_lower, rates.cny_upper
    ) as right_lower,
    product_upper(
        dollars.value_lower, dollars.value_upper, rates.cny_lower, rates.cny_upper
    ) as right_upper,
    yuan.unit
from pairs
inner join core.figures as yuan on pairs.level_id = yuan.figure_id
inner join core.figures as dollars on pairs.dollars_id = dollars.figure_id
left join core.rate_bands as rates
    on
        rates.currency = 'USD'
        and yuan.period_start = rates.period_start
        and yuan.period_end = rates.period_end
where yuan.flow <> 'balance'
