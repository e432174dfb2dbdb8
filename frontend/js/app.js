// What every page loads: htmx, and two small conveniences. Every page works without this file.
import htmx from "htmx.org";

window.htmx = htmx;

// Print button: shown only where scripts run.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Menus close on Escape and on a click elsewhere.
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) {
      menu.open = false;
    }
  }
};
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    closeMenus(null);
  }
});

// A form that is on its way is not sent twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-once]")) {
    return;
  }
  if (form.dataset.sent === "yes") {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const button = form.querySelector("[data-busy-text]");
  if (button) {
    button.textContent = button.dataset.busyText;
  }
});

// Coming back with the browser's back button finds a form that can be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) {
    delete form.dataset.sent;
  }
});

// On a phone a table that is wider than its frame is shown row by row, each value beside its heading; not one
// whose rows are there to be compared (grid-compare), which scrolls within its frame.
const phone = window.matchMedia("(max-width: 767.98px)");
const SIMPLE = ".table-scroll > table.grid:not(.cards, .grid-compare, .grid-sticky, .grid-document, .source-sheet)";

const labelCells = (table, headings) => {
  for (const row of table.querySelectorAll("tbody tr")) {
    const cells = [...row.cells];
    if (cells.reduce((sum, cell) => sum + cell.colSpan, 0) === headings.length && cells.length > 1) {
      const named = row.querySelector("th") || row.querySelector("td a, td summary")?.closest("td") || row.cells[0];
      named.classList.add("card-head");
      let column = 0;
      for (const cell of cells) {
        cell.dataset.label = headings[column].textContent.trim();
        column += cell.colSpan;
      }
    }
  }
};

const showAsCards = (root) => {
  if (!phone.matches) {
    return;
  }
  for (const table of root.querySelectorAll(SIMPLE)) {
    const headings = [...table.querySelectorAll("thead th")];
    const joined = table.querySelector("thead tr + tr, [rowspan], thead [colspan]");
    if (!joined && headings.length > 2 && table.offsetWidth > table.parentElement.clientWidth) {
      labelCells(table, headings);
      table.classList.add("cards");
    }
  }
};
phone.addEventListener("change", () => showAsCards(document));
htmx.onLoad(showAsCards);
