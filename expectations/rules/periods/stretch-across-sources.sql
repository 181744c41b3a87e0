-- id: stretch-across-sources
-- severity: revision
-- statement: A month differs from the step between cumulatives of other sources by no more than
--   revisions usually do.
-- formula: ρ = (C_m − C_m−1) / v_m − 1: info below 1 %, warning to 15 %, review above; never an
--   error
-- source: China Customs statistics: a cumulative contains the revisions of its earlier months

select
    [later.figure_id, earlier.figure_id, between_figure.figure_id] as figures,
    later.figure_id || ' ' || later.value_printed || ' − ' || earlier.figure_id || ' '
    || earlier.value_printed as left_side,
    stretches.between_lower as left_lower,
    stretches.between_upper as left_upper,
    '=' as relation,
    between_figure.figure_id || ' ' || between_figure.value_printed as right_side,
    between_figure.value_lower as right_lower,
    between_figure.value_upper as right_upper,
    stretches.unit
from core.stretches as stretches
inner join core.figures as later on stretches.later_id = later.figure_id
inner join core.figures as earlier on stretches.earlier_id = earlier.figure_id
inner join core.figures as between_figure on stretches.between_id = between_figure.figure_id
where
    stretches.scope = 'newest'
    -- Of cumulatives without a stated beginning, each source may have its own.
    and later.period_start is not null
    and not is_difference(later.flow)
    and not (later.source_id = earlier.source_id and later.source_id = between_figure.source_id)
