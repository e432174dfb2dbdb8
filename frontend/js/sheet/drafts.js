// What has not reached the server yet, kept in this browser until it has: by page and account.
export class Drafts {
  constructor(name) {
    this.name = name;
  }

  read() {
    try {
      return JSON.parse(window.localStorage.getItem(this.name)) || {};
    } catch {
      return {}; // storage switched off or spoilt: the page itself still holds what is typed
    }
  }

  write(kept) {
    try {
      if (Object.keys(kept).length) {
        window.localStorage.setItem(this.name, JSON.stringify(kept));
      } else {
        window.localStorage.removeItem(this.name);
      }
      return true;
    } catch {
      return false;
    }
  }

  keep(line) {
    return this.write({ ...this.read(), [line.key]: { base: line.base, content: line.content() } });
  }

  drop(line) {
    const kept = this.read();
    delete kept[line.key];
    this.write(kept);
  }
}
