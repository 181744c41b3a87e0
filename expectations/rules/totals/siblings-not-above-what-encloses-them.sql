-- id: siblings-not-above-what-encloses-them
-- severity: warning
-- statement: Areas, countries or operators of one kind do not overlap, so that all of them that a
--   source prints come to no more than what they lie in.
-- formula: Σ lo(V) ≤ hi(V of what all lie in by the same dimension)
-- source: hierarchy of the code lists and members of unions; ESS validation rule "total not below
--   its components"

select
    list_sort(list(inside_id)) || [outside_id] as figures,
    string_agg(inside_id || ' ' || inside_printed, ' + ' order by inside_id) as left_side,
    -- What has no least value is at least nothing.
    sum(inside_lower) as left_lower,
    known_sum(inside_upper) as left_upper,
    '<=' as relation,
    'what they lie in, ' || outside_id || ' ' || any_value(outside_printed) as right_side,
    any_value(outside_lower) as right_lower,
    any_value(outside_upper) as right_upper,
    unit
from enclosed_figures
where
    is_same_source
    -- Groups, regions and zones overlap; what has no kind may.
    and kind not in ('group', 'region', 'zone', 'special', 'former', 'world')
group by outside_id, dimensions, kind, unit
-- What a source itself calls parts that do not overlap, parts-not-above-total compares.
having count(*) > 1 and not bool_and(is_disjoint)
