-- id: same-fact-agrees
-- severity: warning
-- statement: What one source prints twice of the same fact agrees, or is of two facts.
-- formula: [lo, hi] of the one meets [lo, hi] of the other
-- source: ESS validation rule "uniqueness of facts"
-- asks: are they two facts? Then say so of one of them: `adjustment` (seasonally adjusted), `basis`
--   (balance of payments), `valuation`, `content`, …; or, of a value revised in the same source,
--   write the earlier one as `previous` of the later

with printed as (
    select
        *,
        unnest([
            {
                'what': 'value',
                'text': value_printed,
                'lower': value_lower,
                'upper': value_upper,
                'in': unit
            },
            {
                'what': 'growth ' || growth_basis,
                'text': growth_printed,
                'lower': growth_lower::decimal(38, 10),
                'upper': growth_upper::decimal(38, 10),
                'in': 'ratio'
            },
            {
                'what': 'growth ' || other_growth_basis,
                'text': other_growth_printed,
                'lower': other_growth_lower::decimal(38, 10),
                'upper': other_growth_upper::decimal(38, 10),
                'in': 'ratio'
            },
            {
                'what': 'share of ' || share_of,
                'text': share_printed,
                'lower': share_lower::decimal(38, 10),
                'upper': share_upper::decimal(38, 10),
                'in': 'ratio'
            }
        ]) as fact
    from core.figures
),

-- Where a fact is printed very often, as by a file that does not say what tells its rows apart,
-- each is held against the two that leave the least room: if any two disagree, these do.
bounding as (
    select
        figure_id,
        source_id,
        series,
        unit,
        period_start,
        period_end,
        fact,
        count(*) over same > 20
        and row_number() over (same order by fact.lower desc nulls last, figure_id) > 1
        and row_number() over (same order by fact.upper nulls last, figure_id) > 1 as is_one_of_many
    from printed
    where fact.text is not null
    window same as (partition by source_id, series, unit, period_start, period_end, fact.what)
)

select
    [one.figure_id, other.figure_id] as figures,
    one.figure_id || ' ' || one.fact.text as left_side,
    one.fact.lower as left_lower,
    one.fact.upper as left_upper,
    '=' as relation,
    other.figure_id || ' ' || other.fact.text as right_side,
    other.fact.lower as right_lower,
    other.fact.upper as right_upper,
    one.fact.in as unit
from bounding as one
inner join bounding as other
    on
        one.source_id = other.source_id
        and one.series = other.series
        and one.unit = other.unit
        and one.period_start is not distinct from other.period_start
        and one.period_end = other.period_end
        and one.fact.what = other.fact.what
        and one.figure_id < other.figure_id
        and not (one.is_one_of_many and other.is_one_of_many)
