// Reads what a spreadsheet puts on the clipboard: rows by line breaks, cells by tabs, quoted where a cell
// itself holds a line break, a tab or a quote.
export const readBlock = (text) => {
  const rows = [[]];
  let cell = "";
  let quoted = false;
  const endCell = () => {
    rows[rows.length - 1].push(cell.trim());
    cell = "";
  };
  const source = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (let at = 0; at < source.length; at += 1) {
    const sign = source[at];
    if (quoted) {
      if (sign === '"' && source[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else if (sign === '"') {
        quoted = false;
      } else {
        cell += sign;
      }
    } else if (sign === '"' && cell === "") {
      quoted = true;
    } else if (sign === "\t") {
      endCell();
    } else if (sign === "\n") {
      endCell();
      rows.push([]);
    } else {
      cell += sign;
    }
  }
  endCell();
  return rows;
};

// Whether a paste is more than one cell; a single one is left to the browser.
export const isBlock = (text) => /[\t\n\r]/.test(text.replace(/[\r\n]+$/, ""));
