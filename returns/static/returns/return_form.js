// The typed return: a figure is checked by the API as soon as it is left, by the rules that saving uses.
// Without this file the same problems come when the form is sent.
(() => {
  const form = document.querySelector("form[data-check-url]");
  if (!form) {
    return;
  }
  const inputs = [...form.querySelectorAll(".figure-input")];

  const noteOf = (input) => {
    let note = input.parentElement.querySelector(".figure-note");
    if (!note) {
      note = document.createElement("p");
      note.className = "figure-note errorlist";
      note.id = `note-${input.name}`;
      note.setAttribute("role", "status");
      note.hidden = true;
      input.after(note);
      input.setAttribute("aria-describedby", note.id);
    }
    return note;
  };

  const show = (input, problems) => {
    const own = problems.filter(
      (problem) =>
        problem.level !== "info" &&
        problem.indicator === input.dataset.indicator &&
        problem.organisation === input.dataset.organisation,
    );
    const note = noteOf(input);
    const isWrong = own.some((problem) => problem.level === "error");
    note.textContent = own
      .map((problem) => (problem.level === "error" ? "✗ " : "▲ 提醒：") + problem.message)
      .join(" ");
    note.className = isWrong ? "figure-note errorlist" : "figure-note small";
    note.hidden = own.length === 0;
    input.setAttribute("aria-invalid", String(isWrong));
  };

  let asked = 0;
  const check = async () => {
    const question = ++asked;
    const figures = inputs
      .filter((input) => input.value.trim())
      .map((input) => ({
        indicator: input.dataset.indicator,
        organisation: input.dataset.organisation,
        text: input.value.slice(0, 100),
      }));
    const answer = await fetch(form.dataset.checkUrl, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value,
      },
      body: JSON.stringify({ figures, dry_run: true }),
    }).catch(() => null); // no connection: saving will tell
    if (!answer || !answer.ok || question !== asked) {
      return;
    }
    const { problems } = await answer.json();
    for (const input of inputs) {
      show(input, problems);
    }
  };

  form.addEventListener("change", (event) => {
    if (event.target.matches(".figure-input")) {
      check();
    }
  });
})();
