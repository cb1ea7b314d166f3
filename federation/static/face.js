// What a page does more quickly with JavaScript. Everything here also works without it.
(() => {
  "use strict";

  // The summary of errors takes the focus, so that a screen reader starts there: autofocus does it on a whole page.
  const focusSummary = (root) => {
    const summary = root.querySelector("[data-focus]");
    if (summary) summary.focus();
  };

  // The steps of a quantity change the number here instead of posting the form for each.
  const step = (button) => {
    const input = button.parentElement.querySelector("input");
    const now = Number.parseInt(input.value, 10) || 0;
    const by = Number.parseInt(input.dataset.step, 10) || 1;
    const next = Math.max(0, button.name === "more" ? now + by : now - by);
    input.value = String(next);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".f-qty button");
    if (button) {
      event.preventDefault();
      step(button);
    }
    for (const open of document.querySelectorAll(".f-drop[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const open of document.querySelectorAll(".f-drop[open]")) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });

  // What a page brings anew through htmx may hold a summary too.
  document.addEventListener("htmx:after:swap", () => focusSummary(document));
})();
