-- purpose: The ten partners' chapters of each area and flow that moved most against the year
--   before, where both years are there; what stands in only one of them was nothing in the other
-- grain: one row a dataset, period, area, flow, unit and place
-- units: values in `unit`
-- key: dataset, period, area, flow, unit, place
-- column dataset: what was loaded
-- column period: the period
-- column area: code of the reporting area
-- column flow: exports or imports
-- column unit: unit of the values
-- column place: 1 for the greatest change, up or down
-- column partner: code of the partner
-- column chapter: chapter of the Harmonized System
-- column value: in this period
-- column value_before: in the same period a year before
-- column change: by how much it rose

with wanted as (
    select dataset, period from periods where has_year_before
    union
    select dataset, year_before as period from periods where has_year_before
),

named as (
    select
        chapters.dataset,
        chapters.period,
        chapters.area,
        chapters.flow,
        chapters.unit,
        chapters.partner,
        chapters.chapter,
        chapters.value
    from detail_chapters as chapters
    inner join wanted on chapters.dataset = wanted.dataset and chapters.period = wanted.period
    left join codes as groups
        on chapters.partner = groups.code and groups.list = 'partners' and groups.kind = 'group'
    where chapters.partner <> 'WLD' and groups.code is null and chapters.chapter <> 'total'
),

-- Each value counts for its own period, and against the period a year later.
moved as (
    select
        named.dataset,
        named.period,
        named.area,
        named.flow,
        named.unit,
        named.partner,
        named.chapter,
        named.value, 0 as before, 1 as is_now, 0 as is_before
    from named
    inner join periods on named.dataset = periods.dataset and named.period = periods.period
    where periods.has_year_before
    union all
    select
        named.dataset,
        periods.period,
        named.area,
        named.flow,
        named.unit,
        named.partner,
        named.chapter,
        0 as value, named.value as before, 0 as is_now, 1 as is_before
    from named
    inner join periods on named.dataset = periods.dataset and named.period = periods.year_before
),

compared as (
    select
        dataset,
        period,
        area,
        flow,
        unit,
        partner,
        chapter,
        cast(sum(value) as decimal(38, 2)) as value,
        cast(sum(before) as decimal(38, 2)) as value_before,
        cast(sum(value) - sum(before) as decimal(38, 2)) as change,
        max(is_now) as is_now,
        max(is_before) as is_before
    from moved
    group by dataset, period, area, flow, unit, partner, chapter
),

placed as (
    select
        *,
        cast(
            row_number() over (
                partition by
                    dataset,
                    period,
                    area,
                    flow,
                    unit order by abs(change) desc,
                    partner,
                    chapter
            ) as int
        ) as place,
        max(is_now) over (partition by dataset, period, area, flow, unit) as has_now,
        max(is_before) over (partition by dataset, period, area, flow, unit) as has_before
    from compared
)

select dataset, period, area, flow, unit, place, partner, chapter, value, value_before, change
from placed
where place <= 10 and has_now = 1 and has_before = 1
order by dataset, period, area, flow, unit, place
