-- purpose: What one source prints of a flow that is made of others, and of what it is made of:
--   trade with exports and imports, or a project's deficit with outlays and receipts
-- grain: one row a source, series but for its flow, unit and period of which the levels of several
--   flows are printed, a flow that is made of others, and one of those that it is made of
-- units: none
-- column source_id: the source
-- column series: the series, '*' standing for the flow
-- column unit: base unit
-- column period_start: first day
-- column period_end: last day
-- column whole: the flow that is made of others
-- column whole_id: figure_id of its level; NULL where not printed
-- column leg: a flow that it is made of
-- column sign: 1 where that is added, -1 where it is taken away
-- column leg_id: figure_id of its level; NULL where not printed
-- column has_all_legs: whether the levels of all that it is made of are printed

-- The same series stand in many sources.
with flowless as (
    select series as of_flow, series_but(series, ['flow']) as series
    from (select distinct series from core.levels)
),

placed as (
    select
        levels.source_id,
        flowless.series,
        levels.unit,
        levels.period_start,
        levels.period_end,
        figures.flow,
        levels.level_id,
        count(*) over (
            partition by
                levels.source_id,
                flowless.series,
                levels.unit,
                levels.period_start,
                levels.period_end
        ) as flows
    from core.levels as levels
    inner join flowless on levels.series = flowless.of_flow
    inner join core.figures as figures on levels.level_id = figures.figure_id
    inner join core.codes as measures
        on measures.list = 'measures' and figures.measure = measures.code
    where
        measures.additive
        and parts_add_up(levels.series)
        and figures.flow in (select flow from core.flow_legs union select leg from core.flow_legs)
),

of_flow as (
    select placed.*, flow as whole, null as leg, null as leg_id
    from placed
    where flows > 1 and flow in (select flow from core.flow_legs)
    union all
    select placed.*, legs.flow as whole, legs.leg, placed.level_id as leg_id
    from placed
    inner join core.flow_legs as legs on placed.flow = legs.leg
    where placed.flows > 1
),

printed as (
    select
        source_id,
        series,
        unit,
        period_start,
        period_end,
        whole,
        any_value(level_id) filter (leg is null) as whole_id,
        map_from_entries(list((leg, leg_id)) filter (leg is not null)) as leg_ids
    from of_flow
    group by all
)

select
    printed.source_id,
    printed.series,
    printed.unit,
    printed.period_start,
    printed.period_end,
    printed.whole,
    printed.whole_id,
    legs.leg,
    legs.sign,
    printed.leg_ids[legs.leg] as leg_id,
    coalesce(cardinality(printed.leg_ids) = legs.legs, false) as has_all_legs
from printed
inner join core.flow_legs as legs on printed.whole = legs.flow
order by all
