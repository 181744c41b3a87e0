-- id: ranks-agree-with-each-other
-- severity: error
-- statement: Of two peers that a source ranks, the one with the better rank is not the smaller one.
-- formula: k_i < k_j ⇒ lo_j ≤ hi_i, i the one of all that rank above j that leaves the least room
-- source: definition of a rank over intervals
-- needs: rank is not null

with ranked as (
    select
        figures.*,
        areas.kind,
        areas.parent,
        series_but(figures.series, ['area']) as beside
    from core.figures as figures
    inner join core.codes as areas on areas.list = list_of('area') and figures.area = areas.code
    where figures.rank is not null and figures.value_printed is not null
),

bounded as (
    select
        *,
        coalesce(
            arg_min(figure_id, value_upper) over above,
            any_value(figure_id) over above
        ) as above_id
    from ranked
    window above as (
        partition by source_id, beside, unit, period_start, period_end, kind, parent
        order by rank
        range between unbounded preceding and 1 preceding
    )
)

select
    [above.figure_id, bounded.figure_id] as figures,
    bounded.figure_id || ' ' || bounded.value_printed || ', ranked ' || bounded.rank as left_side,
    bounded.value_lower as left_lower,
    bounded.value_upper as left_upper,
    '<=' as relation,
    above.figure_id || ' ' || above.value_printed || ', ranked ' || above.rank as right_side,
    above.value_lower as right_lower,
    above.value_upper as right_upper,
    bounded.unit
from bounded
inner join core.figures as above on bounded.above_id = above.figure_id
