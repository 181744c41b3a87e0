-- id: printed-base-agrees-with-growth
-- severity: error
-- statement: A level said to have grown from a printed base did so by the printed growth or
--   multiple.
-- formula: [lo(V)/b, hi(V)/a] meets [lo(B), hi(B)]
-- source: ESS validation rule "growth rate consistent with levels"
-- needs: base_printed is not null

select
    [figures.figure_id] as figures,
    figures.figure_id || ' ' || base_printed(
        coalesce(figures.value_printed, '(level not printed)'),
        coalesce(figures.growth_printed, '(growth not printed)')
    ) as left_side,
    growth.base_lower as left_lower,
    growth.base_upper as left_upper,
    '=' as relation,
    'the base it prints, ' || figures.base_printed as right_side,
    figures.base_lower as right_lower,
    figures.base_upper as right_upper,
    figures.unit
from core.figures as figures
inner join core.growth as growth on figures.figure_id = growth.figure_id
where figures.base_printed is not null and not is_difference(figures.flow)
