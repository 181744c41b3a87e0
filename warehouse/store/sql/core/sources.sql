-- purpose: The published documents that figures come from
-- grain: one row a source
-- units: dates; a source known to the month spans the whole month
-- column source_id: the source's id, unique in the warehouse
-- column publisher: who published it, in the publisher's own language
-- column title: its title, where known
-- column published: when, as precisely as known
-- column published_from: first day on which it can have been published
-- column published_to: last such day; the vintage of its figures
-- column url: where it stands
-- column note: a curator's remark
-- column file: the record file that describes it
-- column licence: under what terms it may be used
-- column language: code of its language
-- column rounding: how it rounds: nearest, down, up, exact, nearest-5, …; NULL where not known
-- column decimal: its decimal mark, where it says one
-- column currency: what signs such as $ and ¥ mean in it, where it says so
-- column legend: what its marks beside numbers mean, where it says so
-- column fiscal_year_start: month in which the years begin that it reports

select
    source_id,
    publisher,
    title,
    published,
    published_from::date as published_from,
    published_to::date as published_to,
    url,
    note,
    file,
    licence,
    language,
    rounding,
    decimal,
    currency,
    legend,
    fiscal_year_start
from raw.sources
order by source_id
