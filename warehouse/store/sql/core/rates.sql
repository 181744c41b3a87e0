-- purpose: What the currencies of the figures were worth in each other, quoted or implied
-- grain: one row two currencies of figures, a month, and a third currency where they need one
-- units: the quote for one unit of the currency
-- column currency: the currency
-- column quote: the currency that its rate is in, the first of the two by their codes
-- column month: first day of the month
-- column rate: the rate

with units as (select distinct unit from core.figures),

either_way as (
    select currency, quote, month, rate, 1 as steps from raw.exchange_rates
    union all
    select quote, currency, month, (1 / rate)::decimal(28, 12), 2 from raw.exchange_rates
),

-- Of two currencies that nobody quotes in each other, what a third makes of them.
all_ways as (
    from either_way
    union all
    select
        bought.currency,
        sold.quote,
        bought.month,
        (bought.rate::double * sold.rate::double)::decimal(28, 12),
        3
    from either_way as bought
    inner join either_way as sold
        on
            bought.quote = sold.currency
            and bought.month = sold.month
            and bought.currency > sold.quote
)

select currency, quote, (month || '-01')::date as month, rate
from all_ways
where
    quote < currency
    and currency in (from units)
    and quote in (from units)
-- Directly where that is quoted; of several thirds, all count.
qualify steps = min(steps) over (partition by currency, quote, month)
order by all
