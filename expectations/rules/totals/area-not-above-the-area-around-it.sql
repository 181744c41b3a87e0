-- id: area-not-above-the-area-around-it
-- severity: warning
-- statement: An area trades no more than the area around it, even where no source calls it a part.
-- formula: lo(V) ≤ hi(V of the area around it)
-- source: hierarchy of the code list areas; ESS validation rule "total not below its components"

select
    [inside_id, outside_id] as figures,
    inside_id || ' ' || inside_printed as left_side,
    inside_lower as left_lower,
    inside_upper as left_upper,
    '<=' as relation,
    'the area around it, ' || outside_id || ' ' || outside_printed as right_side,
    outside_lower as right_lower,
    outside_upper as right_upper,
    unit
from enclosed_figures
where dimensions = 'area' and not is_part
