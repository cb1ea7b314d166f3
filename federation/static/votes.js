// A split of votes is added up while it is typed. Without JavaScript the check page does it.
(() => {
  "use strict";
  const sides = ["for", "against", "abstain"];
  const words = { for: "for", against: "against", abstain: "abstaining" };
  const colours = { for: "c-plum", against: "c-honey", abstain: "c-stone" };

  const read = (form, side) => Math.max(0, Number.parseInt(form.elements[side].value, 10) || 0);

  const draw = (form, units) => {
    const strip = form.querySelector("[data-placed] .f-strip");
    if (!strip) return;
    for (const old of strip.querySelectorAll("rect:not(.c-track), line")) old.remove();
    let at = 0;
    for (const side of sides) {
      const width = Math.min(100 - at, (100 * read(form, side)) / units);
      if (width <= 0) continue;
      const bar = document.createElementNS(strip.namespaceURI, "rect");
      for (const [name, value] of Object.entries({ class: colours[side], x: `${at}%`, y: "4", width: `${width}%`, height: "14", rx: "2" })) bar.setAttribute(name, value);
      strip.append(bar);
      at += width;
    }
  };

  const tell = (form, units) => {
    const counts = sides.map((side) => [side, read(form, side)]);
    const sum = counts.reduce((total, [, count]) => total + count, 0);
    const told = counts.filter(([, count]) => count).map(([side, count]) => `${count} ${words[side]}`);
    if (told.length) form.querySelector("[data-placed-words]").textContent = told.join(", ");
    const all = form.querySelector("[data-placed-all]");
    all.className = sum === units ? "f-good" : "f-quiet";
    all.textContent = sum === units ? all.dataset.all : all.dataset.some.replace("{count}", String(sum));
    draw(form, units);
  };

  for (const form of document.querySelectorAll("form[data-votes]")) {
    const units = Number(form.dataset.votes);
    if (!form.elements.for || !form.querySelector("[data-placed]")) continue;
    form.addEventListener("input", (event) => {
      if (sides.includes(event.target.name)) {
        form.elements.vote.value = "split";
        tell(form, units);
      }
    });
    form.addEventListener("change", (event) => {
      if (event.target.name !== "vote" || event.target.value === "split") return;
      for (const side of sides) form.elements[side].value = side === event.target.value ? String(units) : "0";
      tell(form, units);
    });
  }
})();
