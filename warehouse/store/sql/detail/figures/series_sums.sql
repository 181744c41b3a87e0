-- purpose: What each period of detail sums to, by the codes that printed figures have: of a group
--   what was reported of it, or else the sum of its members
-- grain: one row a dataset, period, area, flow, partner, product, regime and unit
-- units: value in `unit`; counts of parts
-- column dataset: what was loaded
-- column period: the period
-- column area: code of the reporting area
-- column flow: exports, imports or trade
-- column partner: code of the partner
-- column product: code of the product
-- column regime: code of the regime
-- column unit: unit of the value
-- column made: reported, or members where it is the sum of a group's members
-- column value: the sum; NULL where no part has a number
-- column steps: the sum of the last printed digits
-- column reported: how many parts were reported as such, and are not sums themselves
-- column missing: how many parts are there without a number

with parts as (
    select
        sums.dataset,
        sums.period,
        sums.area,
        sums.flow,
        partners.partner,
        products.product,
        regimes.regime,
        sums.unit,
        case when regimes.made = 'members' then regimes.made else partners.made end as made,
        sums.value,
        sums.steps,
        reported.kind as reported
    from part_sums as sums
    inner join product_parts as products
        on sums.area = products.area and sums.product = products.part
    inner join partner_parts as partners
        on sums.area = partners.area and sums.partner = partners.part
    inner join regime_parts as regimes
        on sums.area = regimes.area and sums.regime = regimes.part
    inner join periods
        on sums.dataset = periods.dataset and sums.period = periods.period
    left join detail_reported as reported
        on
            reported.kind = 'itself'
            and sums.dataset = reported.dataset
            and sums.period = reported.period
            and sums.area = reported.area
            and sums.flow = reported.flow
            and sums.partner = reported.partner
            and sums.product = reported.product
            and sums.regime = reported.regime
            and sums.unit = reported.unit
    where
        coalesce(partners.since <= periods.starts, true)
        and coalesce(periods.ends <= partners.until, true)
),

summed as (
    select
        dataset,
        period,
        area,
        flow,
        partner,
        product,
        regime,
        unit,
        made,
        sum(value) as value,
        sum(steps) as steps,
        count(reported) as reported,
        count(*) - count(value) as missing
    from parts
    group by dataset, period, area, flow, partner, product, regime, unit, made
),

placed as (
    select
        *,
        row_number() over (
            partition by dataset, period, area, flow, partner, product, regime, unit
            order by case when value is null then 1 else 0 end, made desc
        ) as place
    from summed
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
    made,
    value,
    steps,
    reported,
    missing
from placed
where place = 1
