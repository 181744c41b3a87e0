-- id: share-between-those-of-its-quarters
-- severity: error
-- statement: The share of an industry in a half-year lies between its shares in the two quarters.
-- formula: min lo(s_q) ≤ hi(s) and lo(s) ≤ max hi(s_q)
-- source: the half-year is the sum of its quarters; a mediant lies between its fractions
-- needs: share_printed is not null

select
    [half.figure_id, early.figure_id, late.figure_id] as figures,
    'share ' || half.share_printed || ' of industry ' || half.industry || ' in '
    || half.figure_id as left_side,
    half.share_lower as left_lower,
    half.share_upper as left_upper,
    '=' as relation,
    'those of its quarters, ' || early.share_printed || ' and ' || late.share_printed as right_side,
    least(early.share_lower, late.share_lower) as right_lower,
    greatest(early.share_upper, late.share_upper) as right_upper,
    'ratio' as unit
from core.figures as half
inner join core.figures as early
    on
        half.source_id = early.source_id
        and half.series = early.series
        and half.period_start = early.period_start
        and early.span = 'quarter'
inner join core.figures as late
    on
        half.source_id = late.source_id
        and half.series = late.series
        and half.period_end = late.period_end
        and late.span = 'quarter'
        and early.period_end + 1 = late.period_start
where
    half.share_printed is not null
    and early.share_printed is not null
    and late.share_printed is not null
