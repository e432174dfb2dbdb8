// Sends changed lines to the server soon after they were left, one request at a time; without a connection it
// tries again until there is one. The server decides and computes, this only shows its answers.
import { contentOf } from "./line.js";

const SOON = 250;
const RETRY_FROM = 1000;
const RETRY_UP_TO = 10000;
const AT_ONCE = 100;

export class Saver {
  constructor({ form, lines, drafts, onChange }) {
    this.form = form;
    this.url = form.dataset.sheet;
    this.lines = lines;
    this.drafts = drafts;
    this.onChange = onChange;
    this.waiting = new Set();
    this.retryAfter = RETRY_FROM;
    this.timer = null;
    this.running = null;
    this.isKept = true;
    window.addEventListener("online", () => this.flush());
  }

  // A line was changed: keep it here, then send it.
  take(line) {
    if (line.state === "conflict") {
      this.isKept = this.drafts.keep(line);
      return; // waits for the choice
    }
    if (!line.isChanged() && line.state !== "refused") {
      this.waiting.delete(line);
      this.drafts.drop(line);
      line.show(line.state === "dirty" || line.state === "offline" ? "saved" : line.state);
      this.onChange();
      return;
    }
    this.isKept = this.drafts.keep(line);
    this.waiting.add(line);
    line.show("dirty");
    this.schedule(SOON);
    this.onChange();
  }

  schedule(delay) {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.flush(), delay);
  }

  // Send everything that waits; resolves once that is answered or has failed.
  async flush() {
    if (this.running) {
      await this.running;
    }
    window.clearTimeout(this.timer);
    if (!this.waiting.size) {
      return;
    }
    this.running = this.send([...this.waiting].slice(0, AT_ONCE));
    await this.running;
    this.running = null;
    this.onChange();
    if (this.waiting.size) {
      this.schedule(this.retryAfter > RETRY_FROM ? this.retryAfter : SOON);
    }
  }

  async send(lines) {
    const sent = new Map(lines.map((line) => [line, line.content()]));
    for (const line of lines) {
      line.show("saving");
    }
    this.onChange();
    let response;
    try {
      response = await fetch(this.url, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "X-CSRFToken": this.form.querySelector("[name=csrfmiddlewaretoken]").value,
        },
        body: JSON.stringify(this.body(lines, sent)),
      });
    } catch {
      response = null; // no connection
    }
    if (response === null || response.status >= 500 || response.status === 429) {
      this.fail(lines);
      return;
    }
    const answer = await response.json().catch(() => ({}));
    this.retryAfter = RETRY_FROM;
    if (!response.ok) {
      this.refuseAll(lines, response.status, answer);
      return;
    }
    const byPlace = new Map(answer.cells.map((cell) => [`${cell.indicator}.${cell.organisation}`, cell]));
    for (const line of lines) {
      this.settle(line, byPlace.get(line.key), sent.get(line));
    }
  }

  body(lines, sent) {
    const head = this.form.elements.data_as_of.value;
    return {
      separately: true,
      reporter: this.form.elements.reporter.value,
      reason: this.form.elements.reason.value.slice(0, 500),
      figures: lines.map((line) => {
        const content = sent.get(line);
        return {
          ...content,
          indicator: line.indicator,
          organisation: line.organisation,
          data_as_of: content.data_as_of || (line.base ? null : head) || null,
          base: line.base,
          complete: true,
        };
      }),
    };
  }

  fail(lines) {
    for (const line of lines) {
      line.show("offline");
    }
    this.retryAfter = Math.min(this.retryAfter * 2, RETRY_UP_TO);
  }

  refuseAll(lines, status, answer) {
    const told = answer.error ? answer.error.message.replace(/。$/, "") : "服务器没有接受";
    const isSignedOut = answer.error && answer.error.code === "not_authenticated";
    const reason = isSignedOut ? "登录已超时或已退出" : told;
    const isExpired = answer.error && answer.error.code === "page_expired";
    const message = isExpired
      ? `${reason}；已填内容暂存在本机浏览器，刷新后会继续保存。`
      : status === 401 || status === 403
        ? `${reason}；已填内容暂存在本机浏览器，重新登录后回到本页会继续保存。`
        : `${reason}。`;
    for (const line of lines) {
      this.waiting.delete(line);
      line.show("refused", [{ level: "error", message }]);
    }
  }

  settle(line, cell, sent) {
    this.waiting.delete(line);
    if (!cell) {
      line.show("refused", [{ level: "error", message: "服务器没有回答这一格，请重新填写" }]);
      return;
    }
    if (cell.outcome === "conflict") {
      line.adopt({ stored: null, standing: cell.standing });
      line.offerChoice(cell, (isMine) => this.choose(line, cell, isMine));
      return;
    }
    if (cell.outcome === "refused") {
      line.show("refused", cell.problems);
      const now = line.content();
      if (Object.keys(sent).some((name) => now[name] !== sent[name])) {
        this.take(line); // typed on meanwhile: the refusal was of what stood there before
      }
      return;
    }
    line.adopt(cell);
    if (cell.stored && cell.outcome !== "blank") {
      const stored = contentOf(cell.stored);
      // A newer figure of somebody else's stands where this line was left as it was.
      if (cell.outcome === "unchanged" && line.accepted.text === sent.text && stored.text !== sent.text) {
        line.put(stored);
      } else if (line.inputs.data_as_of.value === sent.data_as_of) {
        line.inputs.data_as_of.value = stored.data_as_of;
      }
    }
    line.accepted = { ...sent, data_as_of: line.inputs.data_as_of.value };
    line.show(cell.outcome === "blank" ? "" : "saved", cell.problems);
    this.drafts.drop(line);
    if (line.isChanged()) {
      this.take(line); // typed on meanwhile
    }
  }

  choose(line, cell, isMine) {
    line.state = "";
    line.adopt(cell);
    if (isMine) {
      line.accepted = cell.stored ? contentOf(cell.stored) : line.accepted;
      this.take(line);
      return;
    }
    line.put(contentOf(cell.stored));
    line.accepted = line.content();
    this.drafts.drop(line);
    line.show("saved", []);
    this.onChange();
  }

  // Try again what was refused, since the reason of the change has been written.
  retryRefused() {
    for (const line of this.lines) {
      if (line.state === "refused") {
        this.take(line);
      }
    }
  }

  // Take up again what this browser kept from an earlier visit.
  restore() {
    const kept = this.drafts.read();
    for (const line of this.lines) {
      const draft = kept[line.key];
      if (draft) {
        line.put(draft.content);
        line.baseInput.value = String(draft.base);
        this.take(line);
      }
    }
  }
}
