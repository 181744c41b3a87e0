-- id: sums-hold-without-coarser-rounding
-- severity: warning
-- statement: Totals of a source that are not the sums of their parts are not all so because it
--   rounds its numbers to the nearest 5, 10, 100 or so of the unit that it prints.
-- formula: not all |T − ΣP| ≤ n·(1 + parts) / 2, where n ≥ 5 divides all k numbers, n^k ≥ 5^6
-- source: by chance 5 divides all of six numbers, or 100 all of three, in one of 15,625 sources
-- asks: does the source round so? Then write that beside its publisher

with numbers as (
    select
        figures.source_id,
        figures.figure_id,
        figures.value_step,
        -- One with decimals is rounded to less than a unit.
        case
            when regexp_matches(figures.value_printed, '[.,][0-9]{1,2}([^0-9]|$)') then 1
            else figures.value // figures.value_step
        end::hugeint as units
    from core.figures as figures
    inner join core.sources as sources on figures.source_id = sources.source_id
    where
        figures.value_hedge = 'exact'
        and figures.value <> 0
        and coalesce(figures.rounding, sources.rounding) is null
),

-- What all numbers of a source are multiples of, in units of their last digits.
coarseness as (
    select
        source_id,
        count(*) as numbers,
        list_max(
            list_filter(
                [1, 5, 10, 50, 100, 500, 1000, 5000, 10000, 100000, 1000000],
                lambda nearest : list_reduce(list(units), lambda a, b : gcd(a, b)) % nearest = 0
            )
        ) as nearest
    from numbers
    group by source_id
),

residuals as (
    select
        sums.*,
        coarseness.numbers,
        coarseness.nearest,
        abs(sums.residual) > (sums.step + sums.steps) / 2 as is_wrong,
        abs(sums.residual) <= coarseness.nearest * numbers.value_step * (1 + sums.parts) / 2
        as is_settled
    from rounded_sums as sums
    inner join numbers on sums.total_id = numbers.figure_id
    inner join coarseness on sums.source_id = coarseness.source_id
)

select
    list_sort(
        coalesce(list(distinct total_id) filter (is_wrong), list(distinct total_id))
    ) as figures,
    count_if(is_wrong) || ' totals of ' || source_id || ' are not the sum of their parts, but all '
    || any_value(numbers) || ' numbers of it are multiples of ' || any_value(nearest)
    || ', and to the nearest-' || any_value(nearest) || ' they would be: '
    || array_to_string(
        list_sort(
            coalesce(list(distinct total_id) filter (is_wrong), list(distinct total_id))
        )[1:8],
        ', '
    ) as left_side,
    if(bool_and(is_settled), count_if(is_wrong), 0)::decimal(18, 6) as left_lower,
    left_lower as left_upper,
    '<=' as relation,
    '' as right_side,
    case
        when power(any_value(nearest), any_value(numbers)) >= power(5, 6) and count(residual) > 0
            then 0
    end::decimal(18, 6) as right_lower,
    right_lower as right_upper,
    'item' as unit
from residuals
group by source_id
