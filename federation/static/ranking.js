// Ranking with less waiting: the steps move a row at once, a handle drags it, and what happened is said aloud.
// Without JavaScript the same buttons post the form, and the page comes back in the new order.
(() => {
  "use strict";

  const WORDS = ["th", "st", "nd", "rd"];
  const ordinal = (place) => {
    const teens = place % 100 > 10 && place % 100 < 14;
    return place + (teens ? "th" : WORDS[place % 10] || "th");
  };

  const placeOf = (row) => Number.parseInt(row.querySelector("select").value, 10) || 0;
  const rows = (list) => [...list.children];
  const ranked = (list) => rows(list).filter(placeOf).sort((a, b) => placeOf(a) - placeOf(b));

  // The order becomes the places, and the rows stand in it: first those with a place, then the others as they stood.
  const write = (list, order) => {
    for (const row of rows(list)) {
      const place = order.indexOf(row) + 1;
      row.querySelector("select").value = place ? String(place) : "";
      row.classList.toggle("is-ranked", place > 0);
      const up = row.querySelector("[data-up]");
      up.ariaLabel = place ? up.dataset.up : up.dataset.next;
    }
    const rest = rows(list).filter((row) => !order.includes(row));
    list.append(...order, ...rest);
  };

  const tell = (list, row) => {
    const live = list.closest("[data-ballot]").querySelector("[data-live]");
    const place = placeOf(row);
    const words = place ? live.dataset.placed : live.dataset.off;
    live.textContent = words.replace("{name}", row.dataset.name).replace("{place}", ordinal(place));
  };

  const move = (list, row, up) => {
    const order = ranked(list);
    const at = order.indexOf(row);
    if (at < 0 && up) order.push(row);
    else if (up && at > 0) order.splice(at - 1, 2, row, order[at - 1]);
    else if (!up && at >= 0 && at < order.length - 1) order.splice(at, 2, order[at + 1], row);
    else if (!up && at >= 0) order.pop();
    write(list, order);
    tell(list, row);
  };

  const step = (button) => {
    const row = button.closest("[data-id]");
    const focus = document.activeElement;
    move(row.parentElement, row, button.value.startsWith("up:"));
    if (focus instanceof HTMLElement) focus.focus();
  };

  // A row comes to lie where the pointer is among those with a place; well below the last of them it loses its own.
  const drop = (list, row, y) => {
    const others = ranked(list).filter((one) => one !== row);
    const middle = (one) => one.getBoundingClientRect().top + one.offsetHeight / 2;
    const last = others.at(-1);
    const off = last && y > last.getBoundingClientRect().bottom + row.offsetHeight * 1.5;
    if (!off) others.splice(others.filter((one) => middle(one) < y).length, 0, row);
    write(list, others);
  };

  // The whole document listens: a row that is put elsewhere would lose a pointer that it had captured.
  const drag = (list, row, handle) => {
    const onMove = (event) => drop(list, row, event.clientY);
    const onEnd = () => {
      row.classList.remove("is-held");
      document.removeEventListener("pointermove", onMove);
      document.removeEventListener("pointerup", onEnd);
      document.removeEventListener("pointercancel", onEnd);
      tell(list, row);
      handle.focus();
    };
    row.classList.add("is-held");
    document.addEventListener("pointermove", onMove);
    document.addEventListener("pointerup", onEnd);
    document.addEventListener("pointercancel", onEnd);
  };

  const wake = (list) => {
    for (const row of rows(list)) {
      const handle = row.querySelector("[data-handle]");
      handle.hidden = false;
      handle.addEventListener("pointerdown", (event) => {
        if (event.button !== 0) return;
        event.preventDefault();
        drag(list, row, handle);
      });
      handle.addEventListener("keydown", (event) => {
        if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
        event.preventDefault();
        move(list, row, event.key === "ArrowUp");
        handle.focus();
      });
    }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".h-rank__moves button");
    if (!button) return;
    event.preventDefault();
    step(button);
  });

  document.addEventListener("input", (event) => {
    const ballot = event.target.closest("[data-ballot]");
    const words = ballot && ballot.querySelector("[data-count]");
    if (!words) return;
    const boxes = [...ballot.querySelectorAll("input[name^=votes]")];
    const count = boxes.reduce((sum, box) => sum + (Number.parseInt(box.value, 10) || 0), 0);
    words.textContent = words.dataset.count.replace("{count}", String(count));
  });

  for (const list of document.querySelectorAll("[data-ballot] [data-list]")) wake(list);
})();
