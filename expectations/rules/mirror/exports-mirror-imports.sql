-- id: exports-mirror-imports
-- severity: warning
-- statement: What one area exports to a partner, the partner imports from it, within half and
--   double.
-- formula: X/2 ≤ M ≤ 2·X
-- source: IMTS 2010, ch. IX, reconciliation of bilateral statistics; the band is wide because of
--   freight, insurance and goods through third places
-- needs: partner <> 'WLD'

with latest as (
    select
        figures.*,
        -- Each area values goods, and says what crosses its border, in its own way.
        series_but(
            figures.series, ['area', 'partner', 'flow', 'valuation', 'system']
        ) as beside
    from core.levels as levels
    inner join core.figures as figures on levels.level_id = figures.figure_id
    where
        levels.is_latest
        and figures.flow in ('exports', 'imports')
        and figures.measure in ('value', 'weight', 'quantity')
)

select
    [imports.figure_id, exports.figure_id] as figures,
    imports.figure_id || ' ' || imports.value_printed as left_side,
    imports.value_lower as left_lower,
    imports.value_upper as left_upper,
    '=' as relation,
    'half to double the exports ' || exports.figure_id || ' '
    || exports.value_printed as right_side,
    product_lower(exports.value_lower, exports.value_upper, 0.5::decimal(2, 1), 2) as right_lower,
    product_upper(exports.value_lower, exports.value_upper, 0.5::decimal(2, 1), 2) as right_upper,
    exports.unit
from latest as exports
inner join latest as imports
    on
        exports.flow = 'exports'
        and imports.flow = 'imports'
        and exports.area = imports.partner
        -- Goods that return to where they are from are imports there, but nobody's exports to it.
        and exports.area <> imports.area
        and exports.partner = imports.area
        and exports.beside = imports.beside
        and exports.unit = imports.unit
        and exports.period_start = imports.period_start
        and exports.period_end = imports.period_end
