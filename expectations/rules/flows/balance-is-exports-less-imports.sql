-- id: balance-is-exports-less-imports
-- severity: error
-- statement: The trade balance is exports less imports of the same area, goods and period.
-- formula: |B − (E − I)| ≤ (u_B + u_E + u_I) / 2
-- source: IMTS 2010, ch. II; China Customs statistics (差额 = 出口 − 进口)
-- needs: flow = 'balance'

select
    list_filter(
        [flows.exports_id, flows.imports_id, flows.balance_id], lambda id : id is not null
    ) as figures,
    coalesce(exports.figure_id || ' ' || exports.value_printed, 'exports (not printed)') || ' − '
    || coalesce(imports.figure_id || ' ' || imports.value_printed, 'imports (not printed)')
    as left_side,
    exports.value_lower - imports.value_upper as left_lower,
    exports.value_upper - imports.value_lower as left_upper,
    '=' as relation,
    balance.figure_id || ' ' || balance.value_printed as right_side,
    balance.value_lower as right_lower,
    balance.value_upper as right_upper,
    flows.unit
from core.flows as flows
inner join core.figures as balance on flows.balance_id = balance.figure_id
left join core.figures as exports on flows.exports_id = exports.figure_id
left join core.figures as imports on flows.imports_id = imports.figure_id
inner join core.codes as measures on measures.list = 'measures' and balance.measure = measures.code
where measures.additive and parts_add_up(flows.series)
