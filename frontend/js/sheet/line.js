// One line of the sheet: its inputs, what the server has of it, and how its state is shown.
const SAID = ["data_as_of", "data_status", "progress", "problems", "measures"];

const STATES = {
  "": "",
  dirty: "…待保存",
  saving: "⟳ 保存中",
  saved: "✓ 已保存",
  refused: "✗ 未通过，没有保存",
  offline: "⇡ 离线已暂存",
  conflict: "⚠ 被别人改过，请选择",
};

const element = (name, text, className = "") => {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
};

export class Line {
  constructor(row) {
    this.row = row;
    this.indicator = row.dataset.indicator;
    this.organisation = row.dataset.organisation;
    this.key = row.dataset.field;
    this.input = row.querySelector(".figure-input");
    this.baseInput = row.querySelector("input[type=hidden]");
    this.details = row.nextElementSibling;
    this.more = row.querySelector("[data-more]");
    this.note = row.querySelector("[data-note]");
    this.inputs = { text: this.input };
    for (const name of SAID) {
      this.inputs[name] = this.details.querySelector(`[data-said="${name}"]`);
    }
    const fold = this.details.querySelector("details"); // the row itself is folded by its button instead
    fold.open = true;
    fold.querySelector("summary").hidden = true;
    this.input.setAttribute("aria-describedby", this.note.id);
    this.state = "";
    this.accepted = this.content();
  }

  get base() {
    return Number(this.baseInput.value);
  }

  // What is typed in the line, by name; plain texts.
  content() {
    return Object.fromEntries(Object.entries(this.inputs).map(([name, input]) => [name, input.value]));
  }

  put(content) {
    for (const [name, value] of Object.entries(content)) {
      if (this.inputs[name] && this.inputs[name].value !== value) {
        this.inputs[name].value = value;
      }
    }
    this.markMore();
  }

  isChanged() {
    const now = this.content();
    return Object.keys(now).some((name) => now[name] !== this.accepted[name]);
  }

  markMore() {
    const { progress, problems, measures } = this.content();
    this.more.querySelector("[data-more-mark]").textContent = progress || problems || measures ? " ●" : "";
  }

  open(isOpen) {
    this.details.hidden = !isOpen;
    this.more.setAttribute("aria-expanded", String(isOpen));
  }

  show(state, problems = null) {
    this.state = state;
    const shown = this.row.querySelector("[data-state]");
    shown.textContent = STATES[state];
    shown.dataset.state = state;
    if (problems === null) {
      return;
    }
    this.note.textContent = problems
      .map((item) => (item.level === "error" ? "✗ " : "▲ 提醒：") + item.message)
      .join(" ");
    const isWrong = problems.some((item) => item.level === "error");
    this.note.classList.toggle("errorlist", isWrong);
    this.input.setAttribute("aria-invalid", String(isWrong));
  }

  // What the server says of the stored figure: its revision, review state, attainment and light.
  adopt(cell) {
    const { stored, standing } = cell;
    if (stored) {
      this.baseInput.value = String(stored.revision);
      const review = this.row.querySelector("[data-review]");
      const link = element("a", "");
      link.href = `/figures/${stored.figure}/`;
      link.append(element("span", stored.state_label, `status status-${stored.state}`));
      review.replaceChildren(link);
      if (stored.in_force) {
        review.append(" ", element("span", stored.in_force, "small"));
      }
    }
    if (standing) {
      this.row.querySelector("[data-attainment]").textContent = standing.attainment
        ? `${standing.attainment}%`
        : "–";
      const light = element("span", "", `light light-${standing.light}`);
      const shape = element("span", standing.shape, "light-shape");
      shape.setAttribute("aria-hidden", "true");
      light.append(shape, standing.word);
      this.row.querySelector("[data-light]").replaceChildren(light);
    }
  }

  // Both values side by side, and a choice; nothing is overwritten before it is made.
  offerChoice(cell, onChoice) {
    const { stored } = cell;
    const theirs = stored && stored.value !== null ? stored.value : "（空）";
    const who = stored ? `${stored.author}，${stored.at}` : "别人";
    this.show("conflict", []);
    const box = element("span", "", "choice");
    box.append(element("span", `对方（${who}）填 ${theirs}，您填 ${this.input.value || "（空）"}。`));
    for (const [label, isMine] of [
      ["保留我的", true],
      ["采用对方的", false],
    ]) {
      const button = element("button", label, "btn btn-sm btn-outline-primary");
      button.type = "button";
      button.addEventListener("click", () => {
        this.note.replaceChildren();
        this.input.focus();
        onChoice(isMine);
      });
      box.append(button);
    }
    this.note.replaceChildren(box);
  }
}

// The stored figure in the shape of a line's content.
export const contentOf = (stored) => ({
  text: stored.value ?? "",
  data_as_of: stored.data_as_of ?? "",
  data_status: stored.data_status,
  progress: stored.progress,
  problems: stored.problems,
  measures: stored.measures,
});
