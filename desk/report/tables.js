"use strict";
// Tables of class "sortable" get buttons to sort by a column and a field to filter rows.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0], rows = [...body.rows];
  if (rows.length < 2) continue;
  const key = (row, column) => row.cells[column].dataset.sort ?? row.cells[column].textContent.trim();
  const order = new Intl.Collator("zh", {numeric: true});
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.ariaSort === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.ariaSort = down ? "descending" : "ascending";
      rows.sort((a, b) => order.compare(key(a, column), key(b, column)) * (down ? -1 : 1));
      body.append(...rows);
    });
  });
  const label = document.createElement("label"), field = document.createElement("input");
  const shown = document.createElement("output");
  label.className = "filter";
  label.append("Filter rows ", field, shown);
  field.type = "search";
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/);
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
    const left = rows.filter((row) => !row.hidden).length;
    shown.textContent = left < rows.length ? `${left} of ${rows.length}` : "";
  });
  table.closest(".scroll").before(label);
}
// A page opened from disk knows the home it lies in, which nothing that is published may name.
const place = decodeURIComponent(location.pathname);
const home = place.match(/^(.*)\/(?:(?:releases|withheld)\/[^/]+|current)\/report\//)?.[1];
if (home && location.protocol === "file:") {
  const quoted = /^[\w./-]+$/.test(home) ? home : `'${home.replaceAll("'", "'\\''")}'`;
  for (const option of document.querySelectorAll(".at-home")) option.textContent = ` --home ${quoted}`;
}
