-- id: levels-add-up
-- severity: error
-- scope: period
-- statement: Codes of two digits are the sum of their codes of four, these of six, and so on, where both are there; and the total of all products is the sum of the chapters.
-- formula: HS2 = ΣHS4 = ΣHS6 = …, total = ΣHS2, within half of all last printed digits
-- source: Harmonized System; IMTS 2010, ch. III

-- A coarser level is compared with the next finer one that is there. The total of all products is
-- compared with the coarsest level of every chapter.
with chapters as (
    select
        cells.dataset, cells.period, cells.area, cells.flow, cells.partner, cells.regime, cells.unit, cells.chapter,
        cells.value, cells.steps,
        lead(cells.value) over (
            partition by cells.area, cells.flow, cells.partner, cells.regime, cells.unit, cells.chapter order by cells.level
        ) as finer,
        lead(cells.steps) over (
            partition by cells.area, cells.flow, cells.partner, cells.regime, cells.unit, cells.chapter order by cells.level
        ) as finer_steps
    from cells
    inner join coarsest
        on cells.area = coarsest.area and cells.flow = coarsest.flow and cells.partner = coarsest.partner
        and cells.regime = coarsest.regime and cells.unit = coarsest.unit and cells.chapter = coarsest.chapter
    where coarsest.levels > 1
),

totals as (
    select
        dataset, period, area, flow, partner, regime, unit,
        sum(case when chapter = 'total' then value end) as value,
        sum(case when chapter = 'total' then steps end) as steps,
        sum(case when chapter <> 'total' then value end) as finer,
        sum(case when chapter <> 'total' then steps end) as finer_steps
    from coarsest
    group by dataset, period, area, flow, partner, regime, unit
    having count(case when chapter = 'total' then 1 end) > 0 and count(case when chapter <> 'total' then 1 end) > 0
),

compared as (
    select dataset, period, area, flow, partner, regime, unit, chapter, value, steps, finer, finer_steps
    from chapters
    where finer_steps is not null
    union all
    select dataset, period, area, flow, partner, regime, unit, 'total' as chapter, value, steps, finer, finer_steps
    from totals
)

select
    dataset,
    period,
    area,
    flow,
    partner,
    chapter as product,
    regime,
    unit,
    finer - finer_steps * 0.5 as left_lower,
    finer + finer_steps * 0.5 as left_upper,
    '=' as relation,
    value - steps * 0.5 as right_lower,
    value + steps * 0.5 as right_upper
from compared
