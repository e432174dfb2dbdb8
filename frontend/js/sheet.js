// The typed return as a sheet: keys, paste, undo, saving while one types. Without this file the same inputs are
// a plain form that ends in the same service.
import { isBlock, readBlock } from "./sheet/block.js";
import { Drafts } from "./sheet/drafts.js";
import { History } from "./sheet/history.js";
import { Line } from "./sheet/line.js";
import { Saver } from "./sheet/saver.js";

const COLUMNS = ["text", "progress", "problems", "measures"];

const start = (form) => {
  const lines = [...form.querySelectorAll(".sheet-line")].map((row) => new Line(row));
  const total = form.querySelector("[data-sheet-total]");
  const history = new History();
  const place = `${window.location.pathname}:${form.elements.reporter.value}:${form.dataset.writer}`;
  const saver = new Saver({ form, lines, drafts: new Drafts(`sheet:${place}`), onChange: () => tell() });
  let before = null;
  let left = ""; // what the last paste left out, told until one types again

  const count = (...states) => lines.filter((line) => states.includes(line.state)).length;
  const tell = (extra = "") => {
    const parts = [
      [count("conflict"), "项被别人改过，请选择"],
      [count("refused"), "项未通过"],
      [count("offline"), saver.isKept ? "项离线已暂存，恢复后自动保存" : "项离线，请勿关闭本页"],
      [count("dirty", "saving"), "项保存中"],
    ].filter(([amount]) => amount);
    const words = parts.map(([amount, what]) => `${amount} ${what}`);
    if (!words.length && count("saved")) {
      words.push("已全部保存为草稿");
    }
    total.textContent = extra + left + words.join("；");
    total.dataset.state = parts.length ? "open" : "done";
  };

  const lineOf = (target) => lines.find((line) => line.row.contains(target) || line.details.contains(target));
  const goTo = (line) => {
    line.input.focus();
    line.input.select();
  };
  const neighbour = (line, step) => lines[lines.indexOf(line) + step];

  // What was typed since the line was entered becomes one step of the history, and is saved.
  const commit = () => {
    if (!before) {
      return;
    }
    const { line, content } = before;
    before = null;
    line.markMore();
    history.add([{ line, before: content, after: line.content() }]);
    saver.take(line);
  };

  const paste = (line, rows) => {
    commit();
    const first = lines.indexOf(line);
    const changes = [];
    let blanks = 0;
    rows.forEach((cells, offset) => {
      const target = lines[first + offset];
      if (!target) {
        return;
      }
      const was = target.content();
      const typed = cells.slice(0, COLUMNS.length).map((cell, column) => [COLUMNS[column], cell]);
      blanks += typed.filter(([name, cell]) => cell === "" && was[name] !== "").length;
      target.put(Object.fromEntries(typed.filter(([, cell]) => cell !== "")));
      changes.push({ line: target, before: was, after: target.content() });
    });
    history.add(changes);
    changes.forEach((change) => saver.take(change.line));
    const beyond = rows.length - changes.length;
    const wide = rows.some((cells) => cells.length > COLUMNS.length);
    left =
      (beyond > 0 ? `有 ${beyond} 行超出表格，没有填入。` : "") +
      (wide ? `每行只取前 ${COLUMNS.length} 列。` : "") +
      (blanks ? `粘贴的空白有 ${blanks} 格，原来填的没有改动。` : "");
    tell(`已粘贴 ${changes.length} 行。`);
    goTo(line);
    before = { line, content: line.content() };
  };

  const replay = (move) => {
    const line = before && before.line;
    commit();
    const touched = move();
    touched.forEach((item) => saver.take(item));
    if (touched.length) {
      goTo(touched[0]);
      before = { line: touched[0], content: touched[0].content() };
    } else if (line) {
      before = { line, content: line.content() };
    }
  };

  const inFigure = (event, line) => {
    const { input } = line;
    const { key, shiftKey } = event;
    const atStart = input.selectionStart === 0;
    const atEnd = input.selectionEnd === input.value.length;
    if (key === "ArrowDown" || (key === "Enter" && !shiftKey)) {
      return neighbour(line, 1) || line;
    }
    if (key === "ArrowUp" || key === "Enter") {
      return neighbour(line, -1) || line;
    }
    if (key === "ArrowRight" && atEnd) {
      line.more.focus();
      return true;
    }
    if (key === "ArrowLeft" && atStart && atEnd && input.value) {
      input.setSelectionRange(0, 0);
      return true;
    }
    if (key === "Escape" && before) {
      line.put(before.content);
      input.select();
      return true;
    }
    return null;
  };

  const onMore = ({ key }, line) => {
    if (key === "ArrowLeft") {
      return line;
    }
    if (key === "ArrowDown" || key === "ArrowUp") {
      const next = neighbour(line, key === "ArrowDown" ? 1 : -1);
      (next || line).more.focus();
      return true;
    }
    return null;
  };

  form.addEventListener("keydown", (event) => {
    const line = lineOf(event.target);
    if (!line || event.isComposing || event.altKey) {
      return;
    }
    const isFigure = event.target === line.input;
    if (event.ctrlKey || event.metaKey) {
      const key = event.key.toLowerCase();
      const isRedo = key === "y" || (key === "z" && event.shiftKey);
      if (isFigure && (key === "z" || isRedo)) {
        event.preventDefault();
        replay(() => (isRedo ? history.redo() : history.undo()));
      }
      return;
    }
    let answer = null;
    if (isFigure) {
      answer = inFigure(event, line);
    } else if (event.target === line.more) {
      answer = onMore(event, line);
    } else if (event.key === "Escape") {
      line.open(false);
      answer = line;
    }
    if (answer) {
      event.preventDefault();
    }
    if (answer === line && isFigure) {
      commit(); // Enter on the last line moves nowhere and saves all the same
      before = { line, content: line.content() };
    }
    if (answer instanceof Line) {
      goTo(answer);
    }
  });

  form.addEventListener("focusin", (event) => {
    const line = lineOf(event.target);
    if (before && before.line !== line) {
      commit();
    }
    if (line && !before && event.target.matches("input, textarea, select")) {
      before = { line, content: line.content() };
    }
    if (line && event.target === line.input) {
      line.input.select();
    }
  });
  form.addEventListener("focusout", (event) => {
    const line = lineOf(event.target);
    if (line && lineOf(event.relatedTarget || document.body) !== line) {
      commit();
    }
  });
  form.addEventListener("change", (event) => {
    const line = lineOf(event.target);
    if (line) {
      const now = before && before.line === line;
      commit();
      if (now && form.contains(document.activeElement) && lineOf(document.activeElement) === line) {
        before = { line, content: line.content() };
      }
    } else if (event.target === form.elements.reason) {
      saver.retryRefused();
    }
  });
  form.addEventListener("input", () => {
    left = "";
  });
  form.addEventListener("paste", (event) => {
    const line = lines.find((item) => item.input === event.target);
    const text = event.clipboardData.getData("text/plain");
    if (line && isBlock(text)) {
      event.preventDefault();
      paste(line, readBlock(text));
    }
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-more]");
    const line = button && lineOf(button);
    if (line) {
      line.open(line.details.hidden);
      if (!line.details.hidden) {
        line.inputs.progress.focus();
      }
    }
  });
  // Closing or hiding the page: what is being typed is kept in this browser at least.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      commit();
      saver.flush();
    }
  });

  // Handing in waits for what is still on its way; without a connection it is not tried.
  form.addEventListener("submit", async (event) => {
    commit();
    if (!saver.waiting.size && !saver.running && !count("conflict")) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    await saver.flush();
    if (count("offline")) {
      tell("现在连不上服务器，没有报送；已填内容已暂存。");
    } else if (count("conflict")) {
      tell("没有报送：");
    } else {
      form.requestSubmit(event.submitter);
    }
  });

  for (const line of lines) {
    line.more.hidden = false;
    line.open(false);
  }
  total.hidden = false;
  form.querySelector("[data-sheet-keys]").hidden = false;
  saver.restore();
  tell();
};

for (const form of document.querySelectorAll("form[data-sheet]")) {
  if (form.querySelector(".sheet-line")) {
    start(form);
  }
}
