-- id: period-is-sum-of-its-parts
-- severity: error
-- statement: A quarter, half, year or year to date is the sum of its months or quarters, within one
--   source.
-- formula: |P − Σv_m| ≤ (u_P + Σu_v) / 2
-- source: IMTS 2010, ch. IX; China Customs statistics, months and cumulatives of one publication

select
    figures,
    parts_printed as left_side,
    parts_lower as left_lower,
    parts_upper as left_upper,
    '=' as relation,
    whole_id || ' ' || whole_printed as right_side,
    whole_lower as right_lower,
    whole_upper as right_upper,
    unit
from sums_of_periods
