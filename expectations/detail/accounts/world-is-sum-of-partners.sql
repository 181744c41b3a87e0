-- id: world-is-sum-of-partners
-- severity: excess
-- scope: period
-- statement: The partners sum to the world, where both are there; to more they cannot, to less only
--   where some are missing.
-- formula: Σ partners = WLD, within half of all last printed digits; an error where more
-- source: IMTS 2010, ch. VI

-- A chapter and the total are cells of their own; of finer codes only those are summed for which
-- the world is there. Where a partner's number is missing, the sum of the others is only a lower
-- bound.
with reported as (
    select
        dataset,
        period,
        area,
        flow,
        partner,
        chapter as product,
        regime,
        unit,
        value,
        steps,
        rows - quoted as missing
    from cells
    where level in (0, 2)
    union all
    select
        detail.dataset,
        detail.period,
        detail.area,
        detail.flow,
        detail.partner,
        detail.product,
        detail.regime,
        detail.unit, detail.value, detail.value_step as steps,
        case when detail.value is null then 1 else 0 end as missing
    from detail
    inner join (
        select distinct product
        from detail
        where partner = 'WLD' and length(product) > 2 and product <> 'total'
    ) as finer
        on detail.product = finer.product
),

worlds as (
    select
        dataset,
        period,
        area,
        flow,
        product,
        regime,
        unit,
        sum(value) as value,
        sum(steps) as steps
    from reported
    where partner = 'WLD'
    group by dataset, period, area, flow, product, regime, unit
),

partners as (
    select
        reported.area, reported.flow, reported.product, reported.regime, reported.unit,
        sum(reported.value) as value, sum(reported.steps) as steps, sum(reported.missing) as missing
    from reported
    left join codes as groups
        on reported.partner = groups.code and groups.list = 'partners' and groups.kind = 'group'
    where reported.partner <> 'WLD' and groups.code is null
    group by reported.area, reported.flow, reported.product, reported.regime, reported.unit
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
    case when partners.missing = 0 then partners.value + partners.steps * 0.5 end as left_upper,
    '=' as relation,
    worlds.value - worlds.steps * 0.5 as right_lower,
    worlds.value + worlds.steps * 0.5 as right_upper
from worlds
inner join partners
    on
        worlds.area = partners.area
        and worlds.flow = partners.flow
        and worlds.product = partners.product
        and worlds.regime = partners.regime
        and worlds.unit = partners.unit
