-- id: printed-figure-is-sum-of-detail
-- severity: revision
-- scope: figures
-- statement: The detail of a printed figure's series and period sums to a value that is printed so,
--   or to less where files may hold a selection.
-- formula: Σ detail = figure, within half of all last printed digits; Σ detail ≤ figure where
--   neither totals were reported nor files are complete
-- source: IMTS 2010, ch. IX: detail and headline are revised at different times

-- What is not all of the series is the least that there was. That can only be too much, and says
-- nothing of a difference.
select
    dataset,
    period,
    area,
    flow,
    partner,
    product,
    regime,
    unit,
    figure_id,
    case
        when covers and is_whole then least
        when
            covers
            and flow not in (select composed.flow from composed_flows as composed where sign < 0)
            and most >= coalesce(value_lower, value_upper)
            then least
    end as left_lower,
    case when covers and is_whole then most end as left_upper,
    '=' as relation,
    value_lower as right_lower,
    value_upper as right_upper
from figure_comparisons
