-- id: flows-add-up
-- severity: error
-- scope: period
-- statement: Where trade is reported beside exports and imports, it is their sum.
-- formula: exports + imports = trade, within half of all last printed digits
-- source: IMTS 2010, ch. II: total trade

with reported as (
    select
        dataset,
        period,
        area,
        partner,
        product,
        regime,
        unit,
        sum(value) as value,
        sum(value_step) as steps
    from detail
    where flow = 'trade'
    group by dataset, period, area, partner, product, regime, unit
),

-- Of a flow that is not known nothing is said here; to leave it out of the join costs as much as a
-- join of all rows where nothing was reported.
flows as (
    select
        detail.area, detail.partner, detail.product, detail.regime, detail.unit,
        sum(case when detail.flow in ('exports', 'imports') then detail.value end) as value,
        sum(case when detail.flow in ('exports', 'imports') then detail.value_step end) as steps,
        count(
            case when detail.flow in ('exports', 'imports') and detail.value is null then 1 end
        ) as missing
    from detail
    inner join reported
        on
            detail.area = reported.area
            and detail.partner = reported.partner
            and detail.product = reported.product
            and detail.regime = reported.regime
            and detail.unit = reported.unit
    where detail.flow <> 'trade'
    group by detail.area, detail.partner, detail.product, detail.regime, detail.unit
    having
        count(case when detail.flow = 'exports' then 1 end) > 0
        and count(case when detail.flow = 'imports' then 1 end) > 0
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
    on
        reported.area = flows.area
        and reported.partner = flows.partner
        and reported.product = flows.product
        and reported.regime = flows.regime
        and reported.unit = flows.unit
