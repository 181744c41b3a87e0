-- purpose: Trade in commodities that consist of headings of the Harmonized System
--   (warehouse/detail/composition.csv), with the world as reported, or else the sum of partners
--   that are no groups
-- grain: one row a dataset, period, area, flow, partner, unit and product
-- units: value in `unit`, weight in kg
-- key: dataset, period, area, flow, partner, unit, product
-- column dataset: what was loaded
-- column period: the period
-- column area: code of the reporting area
-- column flow: exports or imports
-- column partner: code of the partner; WLD for all of them
-- column unit: unit of the value
-- column product: code of the commodity
-- column value: the sum of the detail
-- column steps: the sum of the last printed digits: the true value lies within half of it
-- column weight: the weight of the detail

-- Each code once: to compare the beginnings of codes row by row costs more than all else.
with named as (
    select reported.product, composition.code as commodity, composition.part as heading
    from (select distinct product from detail) as reported
    inner join composition
        on composition.list = 'products' and length(composition.part) > 2
        and left(reported.product, length(composition.part)) = composition.part
),

levels as (
    select
        detail.dataset,
        detail.period,
        detail.area,
        detail.flow,
        detail.partner,
        detail.regime,
        detail.unit,
        named.commodity, named.heading, length(detail.product) as level,
        sum(detail.value) as value, sum(detail.value_step) as steps, sum(detail.weight) as weight
    from detail
    inner join named on detail.product = named.product
    group by
        detail.dataset,
        detail.period,
        detail.area,
        detail.flow,
        detail.partner,
        detail.regime,
        detail.unit,
        named.commodity, named.heading, length(detail.product)
),

-- Of levels the coarsest that has a number, so that nothing is counted twice.
headings as (
    select
        dataset, period, area, flow, partner, regime, unit, commodity,
        min_by(value, case when value is not null then level end) as value,
        min_by(steps, case when value is not null then level end) as steps,
        min_by(weight, case when weight is not null then level end) as weight
    from levels
    group by dataset, period, area, flow, partner, regime, unit, commodity, heading
),

of_partners as (
    select
        dataset, period, area, flow, partner, unit, commodity,
        coalesce(sum(case when regime = 'total' then value end), sum(value)) as value,
        coalesce(sum(case when regime = 'total' then steps end), sum(steps)) as steps,
        coalesce(sum(case when regime = 'total' then weight end), sum(weight)) as weight
    from headings
    group by dataset, period, area, flow, partner, unit, commodity
),

of_the_world as (
    select
        dataset, period, area, flow, 'WLD' as partner, unit, commodity,
        coalesce(sum(case when partner = 'WLD' then value end), sum(value)) as value,
        coalesce(sum(case when partner = 'WLD' then steps end), sum(steps)) as steps,
        coalesce(sum(case when partner = 'WLD' then weight end), sum(weight)) as weight
    from of_partners
    left join codes as groups
        on of_partners.partner = groups.code and groups.list = 'partners' and groups.kind = 'group'
    where groups.code is null
    group by dataset, period, area, flow, unit, commodity
)

select
    dataset,
    period,
    area,
    flow,
    partner,
    unit,
    commodity as product,
    cast(value as decimal(38, 2)) as value,
    cast(steps as decimal(38, 2)) as steps,
    cast(weight as decimal(38, 3)) as weight
from (
    select * from of_partners where partner <> 'WLD'
    union all
    select * from of_the_world
) as summed
order by dataset, period, area, flow, partner, unit, product
