-- id: contribution-agrees-with-levels
-- severity: error
-- statement: What a part contributes to its total's growth is its own change over the total's base.
-- formula: c_lo·T₀ ≤ V − V₀ ≤ c_hi·T₀
-- source: ESS validation rule "contribution to growth"; China's statistics bulletins (拉动c个百分点)
-- needs: contribution_printed is not null

select
    [part.figure_id, total.figure_id] as figures,
    part.figure_id || ' ' || coalesce(part.value_printed, '(level not printed)')
    || ' less its base by '
    || coalesce(part.growth_printed, '(growth not printed)') as left_side,
    part.value_lower - part_base.base_upper as left_lower,
    part.value_upper - part_base.base_lower as left_upper,
    '=' as relation,
    part.contribution_printed || ' of the base of ' || total.figure_id || ' '
    || coalesce(base_printed(total.value_printed, total.growth_printed), '(not printed)')
    as right_side,
    product_lower(
        total_base.base_lower,
        total_base.base_upper,
        part.contribution_lower,
        part.contribution_upper
    ) as right_lower,
    product_upper(
        total_base.base_lower,
        total_base.base_upper,
        part.contribution_lower,
        part.contribution_upper
    ) as right_upper,
    part.unit
from core.figures as part
inner join core.figures as total on part.part_of = total.figure_id
inner join core.growth as part_base on part.figure_id = part_base.figure_id
left join core.growth as total_base
    on total.figure_id = total_base.figure_id and part.growth_basis = total.growth_basis
where
    part.contribution_printed is not null
    and same_definition(part.series, total.series)
    and not is_difference(part.flow)
    and not is_difference(total.flow)
