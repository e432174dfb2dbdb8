// Choosing rows to review: all without a hint, or none, and buttons that say how many are chosen.
// Without this script the two links load the page anew with those rows ticked, and the buttons name no number.
"use strict";

for (const form of document.querySelectorAll("form[data-ticking]")) {
  const boxes = [...form.querySelectorAll('input[type="checkbox"][name="figure"]')];

  const tell = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    for (const place of form.querySelectorAll("[data-count-words]")) {
      place.textContent = place.dataset.countWords.replace("{n}", chosen);
      place.hidden = false;
    }
  };

  form.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-tick]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    event.preventDefault();
    for (const box of boxes) {
      box.checked = link.dataset.tick === "clean" && "clean" in box.dataset;
    }
    tell();
  });
  form.addEventListener("change", tell);
  window.addEventListener("pageshow", tell);
  tell();
}
