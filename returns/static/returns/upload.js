// The upload form: files can be dropped onto it, and the chosen ones are listed before they are sent.
// Without this file the same form works by its file input alone.
(() => {
  const form = document.querySelector("form.drop");
  const input = form && form.querySelector("input[type=file]");
  if (!input) {
    return;
  }
  const hint = document.createElement("p");
  hint.className = "soft small";
  hint.textContent = "也可以把一个或几个文件拖到这个框里。";
  input.before(hint);
  const list = document.createElement("ul");
  list.className = "small";
  list.setAttribute("role", "status");
  input.after(list);

  const size = (bytes) =>
    bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;

  const show = () => {
    const files = [...input.files];
    list.replaceChildren(
      ...files.map((file) => {
        const item = document.createElement("li");
        item.textContent = `${file.name}（${size(file.size)}）`;
        return item;
      }),
    );
  };

  form.addEventListener("dragover", (event) => {
    if (event.dataTransfer.types.includes("Files")) {
      event.preventDefault();
      form.classList.add("drop-over");
    }
  });
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) {
      form.classList.remove("drop-over");
    }
  });
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("drop-over");
    if (event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      show();
    }
  });
  input.addEventListener("change", show);
})();
