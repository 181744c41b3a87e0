-- id: rank-agrees-with-peers
-- severity: error
-- statement: A figure said to rank k-th has at most k − 1 larger peers, and that many where all
--   peers are printed.
-- formula: #{lo_j > hi_i} ≤ k − 1 ≤ #{hi_j > lo_i}, the right side given a complete set of peers
-- source: definition of a rank over intervals
-- needs: rank is not null

with ranked as (
    select figures.*, areas.kind, areas.parent
    from core.figures as figures
    inner join core.codes as areas on areas.list = list_of('area') and figures.area = areas.code
    where figures.rank is not null
),

peers as (
    select
        levels.source_id,
        levels.series,
        levels.unit,
        levels.period_start,
        levels.period_end,
        areas.kind,
        areas.parent,
        figures.*
    from core.levels as levels
    inner join core.figures as figures on levels.level_id = figures.figure_id
    inner join core.codes as areas on areas.list = list_of('area') and figures.area = areas.code
),

known as (
    -- Of counties and zones the list has only some; more may be larger.
    select kind, parent, case when kind in ('province', 'prefecture') then count(*) end as areas
    from core.codes
    where list = list_of('area')
    group by kind, parent
)

select
    [ranked.figure_id] || coalesce(
        list(peers.figure_id order by peers.figure_id) filter (peers.figure_id is not null), []
    ) as figures,
    'rank ' || ranked.rank || ' of ' || ranked.figure_id || ' '
    || coalesce(ranked.value_printed, '(level not printed)')
    || ', so that many less one above it' as left_side,
    (ranked.rank - 1)::decimal(18, 6) as left_lower,
    (ranked.rank - 1)::decimal(18, 6) as left_upper,
    '=' as relation,
    'the peers that are surely to possibly above it, of '
    || string_agg(
        peers.figure_id || ' ' || peers.value_printed, ', ' order by peers.figure_id
    ) as right_side,
    case
        when count(peers.figure_id) > 0 and ranked.value_upper is not null
            then count(*) filter (peers.value_lower > ranked.value_upper)
    end::decimal(18, 6) as right_lower,
    case
        when count(peers.figure_id) = known.areas - 1 and ranked.value_lower is not null
            then count(peers.figure_id) filter (
                coalesce(peers.value_upper > ranked.value_lower, true)
            )
    end::decimal(18, 6) as right_upper,
    'item' as unit
from ranked
inner join known on ranked.kind = known.kind and ranked.parent is not distinct from known.parent
left join peers
    on
        ranked.source_id = peers.source_id
        and ranked.kind = peers.kind
        and ranked.parent is not distinct from peers.parent
        and ranked.area <> peers.area
        and series_but(ranked.series, ['area']) = series_but(peers.series, ['area'])
        and ranked.unit = peers.unit
        and ranked.period_start is not distinct from peers.period_start
        and ranked.period_end = peers.period_end
group by
    ranked.figure_id,
    ranked.rank,
    ranked.value_printed,
    ranked.value_lower,
    ranked.value_upper,
    known.areas
