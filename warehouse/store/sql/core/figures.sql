-- purpose: Every accepted figure: its key, what it prints, and the interval each printed text
--   stands for
-- grain: one row a figure
-- units: values in the base unit of `unit` (CNY, USD, kg, piece, …), growth and shares as fractions
-- column figure_id: <source>/<id>
-- column revision: how often its record was added or changed; 1 is the first
-- column source_id: the source it was printed in
-- column file: the record file
-- column line: the line of its record in that file
-- column locator: where in the source it stands, such as a paragraph
-- column area: code of the reporting area (codes: areas)
-- column partner: code of the partner, WLD for all (codes: partners)
-- column flow: exports, imports, trade (both), balance, or none
-- column product: code of the goods, total for all (codes: products)
-- column regime: code of the customs regime, total for all (codes: regimes)
-- column operator: code of the kind of enterprise or the enterprise, total for all (codes:
--   operators)
-- column measure: what is counted: value, weight, quantity, orders, … (codes: measures)
-- column series: the seven codes above joined with '.', in that order
-- column unit: base unit of the values
-- column period: the period as text; whole years 2020, whole months 2020-03 or 2020-01/2020-04
-- column period_start: its first day; NULL when a cumulative states no beginning
-- column period_end: its last day
-- column span: day, month, quarter, half-year, year, year-to-date, range or cumulative
-- column published_to: last day on which its source can have been published: its vintage
-- column value_printed: the value as printed
-- column value: the printed value in base units
-- column value_lower: least value that is printed so; NULL with value_printed set: unbounded
-- column value_upper: greatest value that is printed so; NULL likewise
-- column value_step: unit of the last printed digit
-- column value_hedge: exact, at-least, at-most, about or range
-- column base_printed: the level the growth is measured from, as printed, where it is printed
-- column base: the level the growth is measured from, in base units, where it is printed
-- column base_lower: least base that is printed so
-- column base_upper: greatest base that is printed so
-- column base_step: unit of the last printed digit
-- column growth_printed: the growth as printed
-- column growth: the printed growth as a fraction
-- column growth_lower: least growth that is printed so
-- column growth_upper: greatest growth that is printed so
-- column growth_step: unit of the last printed digit
-- column growth_basis: which period the growth is measured from (codes: growth_bases)
-- column share_printed: the share as printed
-- column share: the printed share as a fraction
-- column share_lower: least share that is printed so
-- column share_upper: greatest share that is printed so
-- column share_step: unit of the last printed digit
-- column share_change_printed: the change of the share against the year before as printed
-- column share_change: the change of the share against the year before
-- column share_change_lower: least change that is printed so
-- column share_change_upper: greatest change that is printed so
-- column share_change_step: unit of the last printed digit
-- column contribution_printed: the contribution to the growth of its total as printed
-- column contribution: the contribution to the growth of its total
-- column contribution_lower: least contribution that is printed so
-- column contribution_upper: greatest contribution that is printed so
-- column contribution_step: unit of the last printed digit
-- column share_of: figure_id of the whole that the share is of
-- column part_of: figure_id of the total that its source says it is a part of
-- column partition: whether its parts make up the whole of it: true, or for which dimensions
-- column disjoint: whether its parts do not overlap: true, or for which dimensions
-- column rank: its place among the areas of its kind inside the same area, largest first
-- column note: a curator's remark

select
    figures.figure_id,
    revisions.revision::integer as revision,
    figures.source_id,
    figures.file,
    figures.line::integer as line,
    figures.locator,
    figures.area,
    figures.partner,
    figures.flow,
    figures.product,
    figures.regime,
    figures.operator,
    figures.measure,
    figures.series,
    figures.unit,
    figures.period,
    figures.period_start::date as period_start,
    figures.period_end::date as period_end,
    figures.span,
    sources.published_to,
    figures.value_printed,
    figures.value::decimal(38, 6) as value,
    figures.value_lower::decimal(38, 6) as value_lower,
    figures.value_upper::decimal(38, 6) as value_upper,
    figures.value_step::decimal(38, 6) as value_step,
    figures.value_hedge,
    figures.base_printed,
    figures.base::decimal(38, 6) as base,
    figures.base_lower::decimal(38, 6) as base_lower,
    figures.base_upper::decimal(38, 6) as base_upper,
    figures.base_step::decimal(38, 6) as base_step,
    figures.growth_printed,
    figures.growth::decimal(18, 10) as growth,
    figures.growth_lower::decimal(18, 10) as growth_lower,
    figures.growth_upper::decimal(18, 10) as growth_upper,
    figures.growth_step::decimal(18, 10) as growth_step,
    case
        when
            coalesce(
                figures.growth_printed,
                figures.base_printed,
                figures.share_change_printed,
                figures.contribution_printed
            ) is not null
            then figures.growth_basis
    end as growth_basis,
    figures.share_printed,
    figures.share::decimal(18, 10) as share,
    figures.share_lower::decimal(18, 10) as share_lower,
    figures.share_upper::decimal(18, 10) as share_upper,
    figures.share_step::decimal(18, 10) as share_step,
    figures.share_change_printed,
    figures.share_change::decimal(18, 10) as share_change,
    figures.share_change_lower::decimal(18, 10) as share_change_lower,
    figures.share_change_upper::decimal(18, 10) as share_change_upper,
    figures.share_change_step::decimal(18, 10) as share_change_step,
    figures.contribution_printed,
    figures.contribution::decimal(18, 10) as contribution,
    figures.contribution_lower::decimal(18, 10) as contribution_lower,
    figures.contribution_upper::decimal(18, 10) as contribution_upper,
    figures.contribution_step::decimal(18, 10) as contribution_step,
    figures.share_of,
    figures.part_of,
    figures.partition,
    figures.disjoint,
    figures.rank::integer as rank,
    figures.note
from raw.figures as figures
inner join core.sources as sources on figures.source_id = sources.source_id
inner join (
    select figure_id, max(revision) as revision from core.revisions group by figure_id
) as revisions on figures.figure_id = revisions.figure_id
order by figures.figure_id
