-- id: share-change-agrees-with-growth
-- severity: error
-- statement: A share that changed by so many points was, before, what the growth of part and total
--   imply.
-- formula: [p − d] meets p·(1 + g_T)/(1 + g_P), each over its printed interval
-- source: ESS validation rule "shares consistent with growth"
-- needs: share_change_printed is not null

with grown as (
    select
        part.figure_id as part,
        total.figure_id as total,
        part.share_printed,
        part.share_change_printed,
        part.share_lower - part.share_change_upper as before_lower,
        part.share_upper - part.share_change_lower as before_upper,
        part.growth_printed as part_growth,
        -- In ten thousandths, as amounts have six places and shares more.
        10000 * (1 + part.growth_lower) as part_lower,
        10000 * (1 + part.growth_upper) as part_upper,
        total.growth_printed as total_growth,
        product_lower(
            (10000 * part.share_lower)::decimal(38, 6),
            (10000 * part.share_upper)::decimal(38, 6),
            1 + total.growth_lower,
            1 + total.growth_upper
        ) as share_lower,
        product_upper(
            (10000 * part.share_lower)::decimal(38, 6),
            (10000 * part.share_upper)::decimal(38, 6),
            1 + total.growth_lower,
            1 + total.growth_upper
        ) as share_upper
    from core.figures as part
    inner join core.figures as total on coalesce(part.share_of, part.part_of) = total.figure_id
    where
        part.share_change_printed is not null
        and same_definition(part.series, total.series)
        and not is_difference(part.flow)
        and not is_difference(total.flow)
        and coalesce(total.growth_basis, part.growth_basis) = part.growth_basis
)

select
    [part, total] as figures,
    part || ' ' || coalesce(share_printed, '(share not printed)') || ' − '
    || share_change_printed as left_side,
    before_lower as left_lower,
    before_upper as left_upper,
    '=' as relation,
    'the share that growth ' || coalesce(part_growth, '(not printed)') || ' of ' || part
    || ' and ' || coalesce(total_growth, '(not printed)') || ' of ' || total
    || ' imply' as right_side,
    ratio_down(share_lower, part_lower, part_upper) as right_lower,
    ratio_up(share_upper, part_lower, part_upper) as right_upper,
    'ratio' as unit
from grown
