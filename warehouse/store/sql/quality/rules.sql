-- purpose: The rules in words, and how often each was checked, passed, failed or could not be
--   checked
-- grain: one row a rule
-- units: counts of checks; checked = passed + failed
-- column rule_id: the rule
-- column family: what it is about: totals, flows, periods, growth, shares
-- column severity: error or warning, at most
-- column statement: what must hold, in a sentence
-- column formula: the same as a formula
-- column source: where the rule comes from
-- column checked: checks made
-- column passed: of these, passed
-- column failed: of these, failed
-- column not_checkable: sets of figures that print too little for the rule

select
    rules.rule_id,
    rules.family,
    rules.severity,
    rules.statement,
    rules.formula,
    rules.source,
    count(checks.holds) as checked,
    count(*) filter (checks.holds) as passed,
    count(*) filter (not checks.holds) as failed,
    count(checks.rule_id) - count(checks.holds) as not_checkable
from declared_rules as rules
left join quality.checks as checks on rules.rule_id = checks.rule_id
group by all
order by rules.family, rules.rule_id
