-- purpose: How far the totals of a source are from the sums of what they are made of, by parts, by
--   flow and by period, where the source does not say how it rounds
-- grain: one row a total and a sum that it should be
-- units: base units
-- column source_id: the source
-- column total_id: figure_id of the total
-- column parts: how many parts it is made of
-- column residual: total less sum, as printed; NULL where any is not known
-- column step: how much the total can be off by its own rounding
-- column steps: how much the parts can be off together by theirs

with sums as (
    select total_id, len(figures) - 1 as parts, parts_lower, parts_upper, total_lower, total_upper
    from sums_of_parts
    where number = 'level' and is_partition and is_additive and not is_total_balance

    union all

    select whole_id, len(figures) - 1, parts_lower, parts_upper, whole_lower, whole_upper
    from sums_of_periods
    where not is_difference

    union all

    select
        legs.whole_id,
        count(*),
        known_sum(leg.value_lower),
        known_sum(leg.value_upper),
        any_value(whole.value_lower),
        any_value(whole.value_upper)
    from core.composed_flows as legs
    inner join core.figures as leg on legs.leg_id = leg.figure_id
    inner join core.figures as whole on legs.whole_id = whole.figure_id
    where legs.has_all_legs and not is_difference(legs.whole)
    group by legs.whole_id
)

select
    figures.source_id,
    sums.total_id,
    sums.parts,
    (sums.total_lower + sums.total_upper - sums.parts_lower - sums.parts_upper) / 2 as residual,
    sums.total_upper - sums.total_lower as step,
    sums.parts_upper - sums.parts_lower as steps
from sums
inner join core.figures as figures on sums.total_id = figures.figure_id
inner join core.sources as sources on figures.source_id = sources.source_id
where coalesce(figures.rounding, sources.rounding) is null
