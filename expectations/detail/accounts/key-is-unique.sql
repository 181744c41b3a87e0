-- id: key-is-unique
-- severity: error
-- scope: period
-- statement: No area, flow, partner, product, regime and unit stand twice in a period.
-- formula: rows of a key = 1
-- source: SDMX: a series key and a period name one observation
-- checked: count(case when area is not null and flow is not null and partner is not null and
--   product is not null and regime is not null and unit is not null then 1 end)

-- Keys that share a hash are few, and only they are grouped in full.
with shared as (
    select hash(area, flow, partner, product, regime, unit) as hashed
    from detail
    group by hash(area, flow, partner, product, regime, unit)
    having count(*) > 1
)

select
    dataset,
    period,
    area,
    flow,
    partner,
    product,
    regime,
    unit,
    count(*) as left_lower,
    count(*) as left_upper,
    '<=' as relation,
    1 as right_lower,
    1 as right_upper
from detail
where
    hash(area, flow, partner, product, regime, unit) in (select hashed from shared)
    and area is not null and flow is not null and partner is not null and product is not null
    and regime is not null and unit is not null
group by dataset, period, area, flow, partner, product, regime, unit
having count(*) > 1
