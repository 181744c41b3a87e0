-- purpose: Trade by chapter of the Harmonized System: with the world as reported, or else the sum
--   of partners that are no groups
-- grain: one row a dataset, period, area, flow, unit and chapter
-- units: value in `unit`, weight in kg
-- key: dataset, period, area, flow, unit, chapter
-- column dataset: what was loaded
-- column period: the period
-- column area: code of the reporting area
-- column flow: exports or imports
-- column unit: unit of the value
-- column chapter: chapter of the Harmonized System; total where it was reported
-- column value: the sum of the detail
-- column steps: the sum of the last printed digits: the true value lies within half of it
-- column weight: the weight of the detail

-- Where any partner's total was reported, those that have none count with the sum of their
-- chapters.
with reported as (
    select dataset, period, area, flow, partner, unit, chapter, value, steps, weight
    from detail_chapters
    where chapter <> 'total'
    union all
    select
        partners.dataset,
        partners.period,
        partners.area,
        partners.flow,
        partners.partner,
        partners.unit,
        'total' as chapter, partners.value, partners.steps, partners.weight
    from detail_partners as partners
    inner join (
        select distinct dataset, period, area, flow, unit
        from detail_chapters
        where chapter = 'total'
    ) as totals
        on
            partners.dataset = totals.dataset
            and partners.period = totals.period
            and partners.area = totals.area
            and partners.flow = totals.flow
            and partners.unit = totals.unit
)

select
    reported.dataset,
    reported.period,
    reported.area,
    reported.flow,
    reported.unit,
    reported.chapter,
    cast(
        coalesce(
            sum(case when reported.partner = 'WLD' then reported.value end), sum(reported.value)
        ) as decimal(38, 2)
    ) as value,
    cast(
        coalesce(
            sum(case when reported.partner = 'WLD' then reported.steps end), sum(reported.steps)
        ) as decimal(38, 2)
    ) as steps,
    cast(
        coalesce(
            sum(case when reported.partner = 'WLD' then reported.weight end), sum(reported.weight)
        ) as decimal(38, 3)
    ) as weight
from reported
left join codes as groups
    on reported.partner = groups.code and groups.list = 'partners' and groups.kind = 'group'
where groups.code is null
group by
    reported.dataset,
    reported.period,
    reported.area,
    reported.flow,
    reported.unit,
    reported.chapter
order by dataset, period, area, flow, unit, chapter
