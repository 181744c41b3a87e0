-- purpose: Between which exchange rates trade of a period can have been converted
-- grain: one row two currencies of figures and a period that some figure of either has, where every
--   month of it has a rate
-- units: the quote for one unit of the currency; two per cent either way, since offices use rates
--   of their own
-- column currency: the currency
-- column quote: the currency that its rate is in, the first of the two by their codes
-- column period_start: first day
-- column period_end: last day
-- column rate_lower: least rate
-- column rate_upper: greatest rate
-- column cny_lower: the same where the quote is CNY: for queries that are older
-- column cny_upper: likewise

with periods as (
    select unit, period_start, period_end from core.figures
    union
    select unit, base_start, base_end from core.growth
),

asked as (
    select distinct pairs.currency, pairs.quote, periods.period_start, periods.period_end
    from (select distinct currency, quote from core.rates) as pairs
    inner join periods on periods.unit in (pairs.currency, pairs.quote)
),

bands as (
    select
        asked.*,
        (min(rates.rate) * 0.98::decimal(3, 2))::decimal(21, 10) as rate_lower,
        (max(rates.rate) * 1.02::decimal(3, 2))::decimal(21, 10) as rate_upper
    from asked
    inner join core.rates as rates
        on
            asked.currency = rates.currency
            and asked.quote = rates.quote
            and rates.month
            between date_trunc('month', asked.period_start) and asked.period_end
    group by all
    having
        count(distinct rates.month)
        = 1 + date_diff('month', asked.period_start, asked.period_end)
)

select
    *,
    case quote when 'CNY' then rate_lower end::decimal(18, 8) as cny_lower,
    case quote when 'CNY' then rate_upper end::decimal(18, 8) as cny_upper
from bands
order by all
