-- purpose: Every key of the customs detail that fails a rule
-- grain: one row a key and rule
-- units: as the rule compares: values in `unit`, counts, ratios
-- column finding_id: the finding in quality.findings, which is of all keys of one rule, dataset and
--   period
-- column rule_id: the rule
-- column severity: error, review, warning or info
-- column acknowledged_by: the reviewer who accepted the finding
-- column dataset: what was loaded
-- column period: the period
-- column area: code of the reporting area
-- column flow: exports or imports
-- column partner: code of the partner
-- column product: code of the product
-- column regime: code of the regime
-- column unit: unit of the value
-- column figure_id: the printed figure that the detail was compared with
-- column value: the number that a rule about single rows is about: the value, weight or quantity
-- column relation: what should hold of the two sides
-- column left_lower: least that the left side can be
-- column left_upper: most that the left side can be
-- column right_lower: least that the right side can be
-- column right_upper: most that the right side can be

select
    left(sha256(rule_id || chr(10) || dataset || '/' || period), 10) as finding_id,
    rule_id,
    severity,
    cast(null as varchar) as acknowledged_by,
    dataset,
    period,
    area,
    flow,
    partner,
    product,
    regime,
    unit,
    figure_id,
    value,
    relation,
    left_lower,
    left_upper,
    right_lower,
    right_upper
from failing_keys
order by all
