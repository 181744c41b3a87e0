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
        dataset, period, area, flow, partner, regime, unit, chapter, level, value, steps,
        lead(value) over (
            partition by dataset, period, area, flow, partner, regime, unit, chapter order by level
        ) as finer,
        lead(steps) over (
            partition by dataset, period, area, flow, partner, regime, unit, chapter order by level
        ) as finer_steps,
        row_number() over (
            partition by dataset, period, area, flow, partner, regime, unit, chapter order by level
        ) as place
    from cells
),

totals as (
    select
        dataset, period, area, flow, partner, regime, unit,
        sum(case when chapter = 'total' then value end) as value,
        sum(case when chapter = 'total' then steps end) as steps,
        sum(case when chapter <> 'total' then value end) as finer,
        sum(case when chapter <> 'total' then steps end) as finer_steps
    from chapters
    where place = 1
    group by dataset, period, area, flow, partner, regime, unit
    having count(case when chapter = 'total' then 1 end) > 0 and count(case when chapter <> 'total' then 1 end) > 0
),

compared as (
    select dataset, period, area, flow, partner, regime, unit, chapter, value, steps, finer, finer_steps
    from chapters
    where chapter <> 'total' and finer_steps is not null
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
