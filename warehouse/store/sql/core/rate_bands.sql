-- purpose: Between which exchange rates trade of a period can have been converted
-- grain: one row a currency and period that some figure has, where every month of it has a rate
-- units: CNY for one unit of the currency; two per cent either way, since customs uses rates of its
--   own
-- column currency: the currency
-- column period_start: first day
-- column period_end: last day
-- column cny_lower: least rate
-- column cny_upper: greatest rate

with periods as (
    select period_start, period_end from core.figures where unit in ('CNY', 'USD')
    union
    select base_start, base_end from core.growth where unit in ('CNY', 'USD')
)

select
    rates.currency,
    periods.period_start,
    periods.period_end,
    (min(rates.cny) * 0.98::decimal(3, 2))::decimal(18, 8) as cny_lower,
    (max(rates.cny) * 1.02::decimal(3, 2))::decimal(18, 8) as cny_upper
from periods
inner join raw.exchange_rates as rates
    on
        (rates.month || '-01')::date
        between date_trunc('month', periods.period_start) and periods.period_end
group by all
having count(*) = 1 + date_diff('month', periods.period_start, periods.period_end)
order by all
