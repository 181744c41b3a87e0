-- id: contribution-rate-agrees-with-changes
-- severity: error
-- statement: What a part contributes to its total's change is its own change over the total's.
-- formula: [lo(ΔP), hi(ΔP)] meets r·[lo(ΔT), hi(ΔT)], each change as printed or as level and growth
--   imply it
-- source: China's statistics bulletins (贡献率)
-- needs: contribution_rate_printed is not null

with changes as (
    select
        figures.*,
        case
            when figures.change_printed is not null then figures.change_lower
            else figures.value_lower - growth.base_upper
        end as least_change,
        case
            when figures.change_printed is not null then figures.change_upper
            else figures.value_upper - growth.base_lower
        end as greatest_change,
        coalesce(
            figures.change_printed,
            figures.value_printed || ' less its base by ' || figures.growth_printed,
            '(change not printed)'
        ) as change_in_words
    from core.figures as figures
    left join core.growth as growth on figures.figure_id = growth.figure_id
)

select
    [part.figure_id, total.figure_id] as figures,
    'the change of ' || part.figure_id || ', ' || part.change_in_words as left_side,
    part.least_change as left_lower,
    part.greatest_change as left_upper,
    '=' as relation,
    part.contribution_rate_printed || ' of the change of ' || total.figure_id || ', '
    || total.change_in_words as right_side,
    product_lower(
        total.least_change,
        total.greatest_change,
        part.contribution_rate_lower,
        part.contribution_rate_upper
    ) as right_lower,
    product_upper(
        total.least_change,
        total.greatest_change,
        part.contribution_rate_lower,
        part.contribution_rate_upper
    ) as right_upper,
    part.unit
from changes as part
inner join changes as total on part.part_of = total.figure_id
where
    part.contribution_rate_printed is not null
    and same_definition(part.series, total.series)
    and coalesce(total.growth_basis, part.growth_basis) = part.growth_basis
