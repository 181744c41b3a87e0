"""The quality report: a finished database → a static site that a reviewer reads from disk.

Every page stands by itself: no address outside, no script needed, nothing but text and inline SVG.
Belongs here: what the pages say and how they look. Content (content.py) is read from the database
(content_queries.py), worded for people (wording.py), drawn (charts.py), and laid out by the
templates (site.py). Does not belong here: any check, any verdict's reasons, and any number that the
database does not have.
"""

from desk.report.site import Past, write

__all__ = ["Past", "write"]
