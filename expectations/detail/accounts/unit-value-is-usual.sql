-- id: unit-value-is-usual
-- severity: warning
-- scope: period
-- statement: A value per kilogram is not far from those of the same product and flow.
-- formula: q1 / (q3/q1)³ ≤ value / weight ≤ q3 × (q3/q1)³, within a millionth: Tukey's fences on
--   logarithms
-- alone: quartiles hold every value in memory, which cannot spill
-- source: Tukey 1977; ESS validation, unit value outliers

-- Three times the distance between the quartiles, on logarithms, is three factors of their ratio.
-- For the sake of memory half of the digits must do: of what is compared with the quartiles too,
-- and what has quartiles that are alike may be off by the last of these.
-- Quartiles of fewer than 20 rows say little: those rows are not checkable.
with usual as (
    select
        flow,
        product,
        unit,
        count(*) as quoted,
        cast(percentile_disc(0.25) within group (order by unit_value) as double) as q1,
        cast(percentile_disc(0.75) within group (order by unit_value) as double) as q3
    from (
        select
            flow,
            product,
            unit,
            cast(cast(value as double) / cast(weight as double) as real) as unit_value
        from detail
        where value > 0 and weight > 0
    ) as rated
    group by flow, product, unit
),

fences as (
    select
        flow,
        product,
        unit,
        case
            when quoted >= 20 then q1 * 0.999999 / ((q3 / q1) * (q3 / q1) * (q3 / q1))
        end as least,
        case when quoted >= 20 then q3 * 1.000001 * ((q3 / q1) * (q3 / q1) * (q3 / q1)) end as most
    from usual
)

select
    detail.dataset,
    detail.period,
    detail.area,
    detail.flow,
    detail.partner,
    detail.product,
    detail.regime,
    detail.unit,
    cast(
        cast(cast(detail.value as double) / cast(detail.weight as double) as real) as double
    ) as left_lower,
    cast(
        cast(cast(detail.value as double) / cast(detail.weight as double) as real) as double
    ) as left_upper,
    '=' as relation,
    fences.least as right_lower,
    fences.most as right_upper
from detail
inner join fences
    on detail.flow = fences.flow and detail.product = fences.product and detail.unit = fences.unit
where detail.value > 0 and detail.weight > 0
