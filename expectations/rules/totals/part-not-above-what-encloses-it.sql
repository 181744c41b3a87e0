-- id: part-not-above-what-encloses-it
-- severity: warning
-- statement: Trade with a partner, in a regime, by an operator, of one flow, … is no more than that
--   of all, or of the union the partner belongs to, which the same source prints.
-- formula: lo(V) ≤ hi(V of what it lies in by one or two dimensions)
-- source: hierarchy of the code lists and members of unions; ESS validation rule "total not below
--   its components"

select
    [inside_id, outside_id] as figures,
    inside_id || ' ' || inside_printed as left_side,
    inside_lower as left_lower,
    inside_upper as left_upper,
    '<=' as relation,
    'what it lies in by ' || replace(dimensions, ',', ' and ') || ', ' || outside_id || ' '
    || outside_printed as right_side,
    outside_lower as right_lower,
    outside_upper as right_upper,
    unit
from enclosed_figures
where is_same_source and not is_part and dimensions not in ('area', 'product')
