// Undo and redo: each step is one cell or one pasted block.
export class History {
  constructor() {
    this.done = [];
    this.undone = [];
  }

  // changes: [{line, before, after}], contents of lines by name.
  add(changes) {
    const real = changes.filter(({ before, after }) =>
      Object.keys(after).some((name) => before[name] !== after[name]),
    );
    if (real.length) {
      this.done.push(real);
      this.undone = [];
    }
  }

  undo() {
    return this.move(this.done, this.undone, "before");
  }

  redo() {
    return this.move(this.undone, this.done, "after");
  }

  move(from, to, side) {
    const step = from.pop();
    if (!step) {
      return [];
    }
    to.push(step);
    for (const change of step) {
      change.line.put(change[side]);
    }
    return step.map((change) => change.line);
  }
}
