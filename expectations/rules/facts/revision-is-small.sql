-- id: revision-is-small
-- severity: revision
-- statement: A fact published again by another source differs by no more than revisions usually do.
-- formula: info below 1 %, warning to 15 %, review above
-- source: China Customs revises its figures with each publication; IMTS 2010, ch. X, revision
--   policy

with vintages as (
    select
        levels.series,
        levels.unit,
        levels.period_start,
        levels.period_end,
        figures.*,
        lag(levels.level_id) over (
            partition by levels.series, levels.unit, levels.period_start, levels.period_end
            order by levels.published_to, levels.source_id
        ) as before_id
    from core.levels as levels
    inner join core.figures as figures on levels.level_id = figures.figure_id
)

select
    [before.figure_id, after.figure_id] as figures,
    'the newer ' || after.figure_id || ' ' || after.value_printed as left_side,
    after.value_lower as left_lower,
    after.value_upper as left_upper,
    '=' as relation,
    before.figure_id || ' ' || before.value_printed as right_side,
    before.value_lower as right_lower,
    before.value_upper as right_upper,
    after.unit
from vintages as after
inner join core.figures as before on after.before_id = before.figure_id
-- A balance is a small difference of large flows: whose small revisions are large ones of it.
where not is_difference(after.flow)
