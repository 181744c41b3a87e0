-- id: cny-and-usd-levels-agree
-- severity: warning
-- statement: The same trade in two currencies, such as yuan and dollars, stands at a rate that the
--   period had, within two per cent.
-- formula: r_lo·V_a ≤ V_b ≤ r_hi·V_a, r the monthly rates of a in b of the period ± 2 %
-- source: rates/exchange_rates.csv; the rate that customs uses differs from the market's by up to
--   1.8 %
-- needs: unit in (select currency from core.rates)

with quoted as (select distinct currency, quote from core.rates),

pairs as (
    select
        here.*,
        there.level_id as there_id,
        there.unit as currency
    from core.levels as here
    inner join core.levels as there
        on
            here.series = there.series
            and here.period_start = there.period_start
            and here.period_end = there.period_end
            and here.is_latest
            and there.is_latest
    inner join quoted on here.unit = quoted.quote and there.unit = quoted.currency
)

select
    [here.figure_id, there.figure_id] as figures,
    here.figure_id || ' ' || here.value_printed as left_side,
    here.value_lower as left_lower,
    here.value_upper as left_upper,
    '=' as relation,
    there.figure_id || ' ' || there.value_printed || ' at the rates of the period' as right_side,
    product_lower(
        there.value_lower, there.value_upper, rates.rate_lower, rates.rate_upper
    ) as right_lower,
    product_upper(
        there.value_lower, there.value_upper, rates.rate_lower, rates.rate_upper
    ) as right_upper,
    here.unit
from pairs
inner join core.figures as here on pairs.level_id = here.figure_id
inner join core.figures as there on pairs.there_id = there.figure_id
left join core.rate_bands as rates
    on
        pairs.currency = rates.currency
        and here.unit = rates.quote
        and here.period_start = rates.period_start
        and here.period_end = rates.period_end
where not is_difference(here.flow)
