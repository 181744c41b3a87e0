-- id: world-is-sum-of-partners
-- severity: error
-- scope: period
-- statement: The world is the sum of the partners, where both are there.
-- formula: WLD = Σ partners, within half of all last printed digits
-- source: IMTS 2010, ch. VI

with worlds as (
    select dataset, period, area, flow, product, regime, unit, sum(value) as value, sum(value_step) as steps
    from detail
    where partner = 'WLD'
    group by dataset, period, area, flow, product, regime, unit
),

partners as (
    select
        detail.dataset, detail.period, detail.area, detail.flow, detail.product, detail.regime, detail.unit,
        sum(detail.value) as value, sum(detail.value_step) as steps
    from detail
    inner join worlds
        on detail.area = worlds.area and detail.flow = worlds.flow and detail.product = worlds.product
        and detail.regime = worlds.regime and detail.unit = worlds.unit
    left join codes as groups
        on detail.partner = groups.code and groups.list = 'partners' and groups.kind = 'group'
    where detail.partner <> 'WLD' and groups.code is null
    group by detail.dataset, detail.period, detail.area, detail.flow, detail.product, detail.regime, detail.unit
)

select
    worlds.dataset,
    worlds.period,
    worlds.area,
    worlds.flow,
    'WLD' as partner,
    worlds.product,
    worlds.regime,
    worlds.unit,
    partners.value - partners.steps * 0.5 as left_lower,
    partners.value + partners.steps * 0.5 as left_upper,
    '=' as relation,
    worlds.value - worlds.steps * 0.5 as right_lower,
    worlds.value + worlds.steps * 0.5 as right_upper
from worlds
inner join partners
    on worlds.area = partners.area and worlds.flow = partners.flow and worlds.product = partners.product
    and worlds.regime = partners.regime and worlds.unit = partners.unit
