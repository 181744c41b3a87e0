-- id: span-holds-what-is-printed
-- severity: error
-- statement: The span of the archived text that a record names still holds the numbers it prints.
-- formula: #{printed numbers that stand in the span} = #{printed numbers}
-- source: GSBPM 5.1, documentation of data sources

select
    [figure_id] as figures,
    'the printed numbers of ' || figure_id as left_side,
    printed as left_lower,
    printed as left_upper,
    '=' as relation,
    'those that its span ' || span_start || '-' || span_end || ' of ' || text || ' holds'
    || coalesce(', which are not ' || missing, '') as right_side,
    held as right_lower,
    held as right_upper,
    'item' as unit
from core.evidence
where span_start is not null and text is not null
