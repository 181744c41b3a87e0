-- id: remainder-growth-is-plausible
-- severity: warning
-- statement: What the parts of a total leave over neither halves nor doubles within the span of the
--   growth.
-- formula: (lo(T) − Σhi(P)) / (hi(T₀) − Σlo(P₀)) − 1 ≤ 1, and the other way round ≥ −0.5
-- source: ESS validation, plausibility of derived figures; the band is Crossfoot's own

select
    remainders.part_ids || [remainders.total_id] as figures,
    'growth of what ' || remainders.total_id || ' is without ' || remainders.without || ' ('
    || array_to_string(remainders.part_ids, ', ') || ')' as left_side,
    remainders.growth_lower as left_lower,
    remainders.growth_upper as left_upper,
    '=' as relation,
    'a plausible growth' as right_side,
    -0.5::decimal(18, 10) as right_lower,
    1.0::decimal(18, 10) as right_upper,
    'ratio' as unit
from core.remainders as remainders
inner join core.figures as total on remainders.total_id = total.figure_id
where total.growth_printed is not null
