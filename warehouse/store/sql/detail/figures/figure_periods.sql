-- purpose: The periods of detail that lie within the period of a printed value, of each of its
--   flows
-- grain: one row a figure, number of legs, leg, dataset and period
-- units: lengths in months and days
-- column figure_id: the figure
-- column dataset: what was loaded
-- column period: the period of the detail
-- column months: how many whole months that period consists of; 0 where it does not
-- column area: code of the figure's area
-- column leg: the flow in the detail
-- column partner: code of the figure's partner
-- column product: code of the figure's product
-- column regime: code of the figure's regime
-- column unit: unit of the values
-- column sign: 1 where the leg is added, -1 where it is taken away
-- column needed: how many legs make the figure's flow up
-- column days: how many days the period has
-- column starts: first day of the period
-- column complete: whether its files were declared to hold all that there is
-- column kind: what the period must tell apart to speak of the figure: partners, regimes, or all
-- column ended_before: last day of the period before it, among those of its length and leg

select
    figures.figure_id,
    held.dataset,
    held.period,
    held.months,
    figures.area,
    legs.leg,
    figures.partner,
    figures.product,
    figures.regime,
    figures.unit,
    legs.sign,
    legs.needed,
    held.days,
    held.starts,
    held.complete,
    case
        when figures.regime <> 'total' then 'regimes'
        when figures.partner <> 'WLD' then 'partners'
        else 'all'
    end as kind,
    lag(held.ends) over (
        partition by figures.figure_id, held.dataset, held.months, legs.needed, legs.leg
        order by held.starts, held.ends
    ) as ended_before
from figures
inner join flow_legs as legs on figures.flow = legs.flow
inner join held_periods as held
    on
        figures.area = held.area
        and figures.unit = held.unit
        and legs.leg = held.flow
        and figures.period_start <= held.starts
        and held.ends <= figures.period_end
where figures.measure = 'value' and figures.operator = 'total'
