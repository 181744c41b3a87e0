-- id: stretch-is-difference-of-cumulatives
-- severity: error
-- statement: The month or months between two cumulatives are their difference, within one source.
-- formula: |(C_m − C_m−1) − v_m| ≤ (u_C + u_C + u_v) / 2
-- source: China Customs statistics, 当月 and 累计 of one publication

select
    list_filter(
        [stretches.earlier_id, stretches.between_id, stretches.later_id], lambda id : id is not null
    ) as figures,
    later.figure_id || ' ' || later.value_printed || ' − ' || earlier.figure_id || ' '
    || earlier.value_printed as left_side,
    later.value_lower - earlier.value_upper as left_lower,
    later.value_upper - earlier.value_lower as left_upper,
    '=' as relation,
    coalesce(
        between_figure.figure_id || ' ' || between_figure.value_printed,
        stretches.between_start || ' to ' || stretches.between_end || ' (not printed)'
    ) as right_side,
    between_figure.value_lower as right_lower,
    between_figure.value_upper as right_upper,
    stretches.unit
from core.stretches as stretches
inner join core.figures as later on stretches.later_id = later.figure_id
inner join core.figures as earlier on stretches.earlier_id = earlier.figure_id
inner join core.sources as sources on later.source_id = sources.source_id
left join core.figures as between_figure on stretches.between_id = between_figure.figure_id
where
    stretches.scope = 'source'
    -- Where no beginning is stated, counting may have begun anew with the year.
    and (
        later.period_start is not null
        or fiscal_year_of(earlier.period_end, sources.fiscal_year_start)
            = fiscal_year_of(later.period_end, sources.fiscal_year_start)
    )
