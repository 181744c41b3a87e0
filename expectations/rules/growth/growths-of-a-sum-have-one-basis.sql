-- id: growths-of-a-sum-have-one-basis
-- severity: warning
-- statement: Where all growths of a total and its parts are on one basis, but for one that is said
--   to be on another, their bases do not add up as if it were on the same.
-- formula: 0 is not in [Σ lo(B_P) − hi(B_T), Σ hi(B_P) − lo(B_T)], with B = V / (1 + g)
-- source: growths on the year before that were published as being on the month before
-- needs: growth_printed is not null and value_printed is not null
-- asks: is it on the same basis as those? Then write that as its growth_basis

with sums as (
    select total_id as whole_id, part_set as sum_id, part_id as figure_id
    from core.parts
    where is_partition

    union all

    select whole_id, whole_id || ' flow', leg_id
    from core.composed_flows
    where has_all_legs and whole_id is not null
),

members as (
    select sum_id, figure_id, 1 as sign
    from sums

    union all

    select distinct sum_id, whole_id, -1
    from sums
),

-- Each member with what the others have in common.
growths as (
    select
        members.sum_id,
        members.sign,
        figures.*,
        growth.base_lower as implied_lower,
        growth.base_upper as implied_upper,
        count(*) over same as alike,
        count(*) over together as members,
        min(figures.growth_basis) over together as least_basis,
        max(figures.growth_basis) over together as greatest_basis,
        bool_or(is_difference(figures.flow)) over together as has_difference
    from members
    inner join core.figures as figures on members.figure_id = figures.figure_id
    left join core.growth as growth on members.figure_id = growth.figure_id
    window
        together as (partition by members.sum_id),
        same as (partition by members.sum_id, figures.growth_basis)
)

select
    list_sort(list(figure_id)) as figures,
    any_value(
        'the growth ' || growth_printed || ' of ' || figure_id || ', said to be ' || growth_basis
    ) filter (alike = 1)
    || ', adds up as ' || any_value(growth_basis) filter (alike > 1) || ' with '
    || string_agg(growth_printed || ' of ' || figure_id, ' and ' order by figure_id)
        filter (alike > 1) as left_side,
    if(
        known_sum(if(sign > 0, implied_lower, - implied_upper)) <= 0
        and known_sum(if(sign > 0, implied_upper, - implied_lower)) >= 0,
        1,
        0
    )::decimal(18, 6) as left_lower,
    left_lower as left_upper,
    '<=' as relation,
    '' as right_side,
    if(count(*) = count(implied_lower) and count(*) = count(implied_upper), 0, null)::decimal(18, 6)
    as right_lower,
    right_lower as right_upper,
    'item' as unit
from growths
where least_basis < greatest_basis and not has_difference
group by sum_id
having
    count(*) = any_value(members)
    and count(*) = count(growth_basis)
    and count_if(alike = 1) = 1
    and max(alike) = count(*) - 1
    and count(*) > 2
