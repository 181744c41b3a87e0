-- id: flows-add-up
-- severity: error
-- scope: period
-- statement: Where trade is reported beside exports and imports, it is their sum.
-- formula: exports + imports = trade, within half of all last printed digits
-- source: IMTS 2010, ch. II: total trade

with reported as (
    select dataset, period, area, partner, product, regime, unit, sum(value) as value, sum(value_step) as steps
    from detail
    where flow = 'trade'
    group by dataset, period, area, partner, product, regime, unit
),

flows as (
    select
        detail.area, detail.partner, detail.product, detail.regime, detail.unit,
        sum(detail.value) as value, sum(detail.value_step) as steps,
        count(*) - count(detail.value) as missing
    from detail
    inner join reported
        on detail.area = reported.area and detail.partner = reported.partner and detail.product = reported.product
        and detail.regime = reported.regime and detail.unit = reported.unit
    where detail.flow in ('exports', 'imports')
    group by detail.area, detail.partner, detail.product, detail.regime, detail.unit
    having count(distinct detail.flow) = 2
)

select
    reported.dataset,
    reported.period,
    reported.area,
    'trade' as flow,
    reported.partner,
    reported.product,
    reported.regime,
    reported.unit,
    flows.value - flows.steps * 0.5 as left_lower,
    case when flows.missing = 0 then flows.value + flows.steps * 0.5 end as left_upper,
    '=' as relation,
    reported.value - reported.steps * 0.5 as right_lower,
    reported.value + reported.steps * 0.5 as right_upper
from reported
inner join flows
    on reported.area = flows.area and reported.partner = flows.partner and reported.product = flows.product
    and reported.regime = flows.regime and reported.unit = flows.unit
