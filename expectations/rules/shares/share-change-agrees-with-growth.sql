-- id: share-change-agrees-with-growth
-- severity: error
-- statement: A share that changed by so many points was, before, what the growth of part and total imply.
-- formula: [p − d] meets p·(1 + g_T)/(1 + g_P), each over its printed interval
-- source: ESS validation rule "shares consistent with growth"

select
    [part.figure_id, total.figure_id] as figures,
    part.figure_id || ' ' || coalesce(part.share_printed, '(share not printed)') || ' − '
    || part.share_change_printed as left_side,
    part.share_lower - part.share_change_upper as left_lower,
    part.share_upper - part.share_change_lower as left_upper,
    '=' as relation,
    'the share that growth ' || coalesce(part.growth_printed, '(not printed)') || ' of ' || part.figure_id
    || ' and ' || coalesce(total.growth_printed, '(not printed)') || ' of ' || total.figure_id
    || ' imply' as right_side,
    ratio_down(
        product_lower(part.share_lower, part.share_upper, 1 + total.growth_lower, 1 + total.growth_upper),
        1 + part.growth_lower,
        1 + part.growth_upper
    ) as right_lower,
    ratio_up(
        product_upper(part.share_lower, part.share_upper, 1 + total.growth_lower, 1 + total.growth_upper),
        1 + part.growth_lower,
        1 + part.growth_upper
    ) as right_upper,
    'ratio' as unit
from core.figures as part
inner join core.figures as total on coalesce(part.share_of, part.part_of) = total.figure_id
where
    part.share_change_printed is not null
    and part.flow <> 'balance'
    and total.flow <> 'balance'
    and coalesce(total.growth_basis, part.growth_basis) = part.growth_basis
