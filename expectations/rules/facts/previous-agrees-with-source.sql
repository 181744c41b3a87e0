-- id: previous-agrees-with-source
-- severity: warning
-- statement: The value that a source says it replaces is the one that was published before.
-- formula: [lo, hi] of `previous` meets [lo, hi] of the value last published by another source
-- source: IMTS 2010, ch. X, revision policy
-- needs: previous_printed is not null

select
    [figures.figure_id, before.figure_id] as figures,
    'the value that ' || figures.figure_id || ' says it replaces, '
    || figures.previous_printed as left_side,
    figures.previous_lower as left_lower,
    figures.previous_upper as left_upper,
    '=' as relation,
    before.figure_id || ' ' || before.value_printed as right_side,
    before.value_lower as right_lower,
    before.value_upper as right_upper,
    figures.unit
from core.figures as figures
inner join core.levels as earlier
    on
        figures.series = earlier.series
        and figures.unit = earlier.unit
        and figures.period_start is not distinct from earlier.period_start
        and figures.period_end = earlier.period_end
        and figures.published_to > earlier.published_to
inner join core.figures as before on earlier.level_id = before.figure_id
where figures.previous_printed is not null
qualify row_number() over (
    partition by figures.figure_id order by earlier.published_to desc, earlier.source_id
) = 1
