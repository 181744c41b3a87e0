-- purpose: How far the trade that is loaded is concentrated on few partners and few chapters; of a
--   selection of partners it says nothing about the others
-- grain: one row a dataset, period, area, flow, unit and dimension
-- units: fractions
-- key: dataset, period, area, flow, unit, dimension
-- column dataset: what was loaded
-- column period: the period
-- column area: code of the reporting area
-- column flow: exports or imports
-- column unit: unit of the values
-- column dimension: partners or chapters
-- column members: how many of them there are
-- column herfindahl: the Herfindahl-Hirschman index, the sum of squared shares: 1 is all with one
-- column largest: share of the largest in what is loaded
-- column five_largest: share of the five largest in what is loaded

with members as (
    select
        partners.dataset,
        partners.period,
        partners.area,
        partners.flow,
        partners.unit,
        'partners' as dimension,
        partners.partner as member,
        partners.value
    from detail_partners as partners
    left join codes as groups
        on partners.partner = groups.code and groups.list = 'partners' and groups.kind = 'group'
    where partners.partner <> 'WLD' and groups.code is null and partners.value > 0
    union all
    select dataset, period, area, flow, unit, 'chapters' as dimension, chapter as member, value
    from detail_products
    where chapter <> 'total' and value > 0
),

shares as (
    select
        dataset,
        period,
        area,
        flow,
        unit,
        dimension,
        cast(value as double) / sum(cast(value as double)) over (
            partition by dataset, period, area, flow, unit, dimension
        ) as share,
        row_number() over (
            partition by dataset, period, area, flow, unit, dimension order by value desc, member
        ) as place
    from members
)

select
    dataset,
    period,
    area,
    flow,
    unit,
    dimension,
    cast(count(*) as int) as members,
    cast(sum(share * share) as decimal(9, 6)) as herfindahl,
    cast(max(share) as decimal(9, 6)) as largest,
    cast(sum(case when place <= 5 then share end) as decimal(9, 6)) as five_largest
from shares
group by dataset, period, area, flow, unit, dimension
order by dataset, period, area, flow, unit, dimension
