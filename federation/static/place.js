// Checking in with one's place, for a carer who ticks that she agrees. Without JavaScript the box stays away, and no place goes along.
(() => {
  "use strict";

  const LONGEST = 8000;

  const set = (form, coords) => {
    // Four places after the point are about ten metres: enough to show that somebody was there.
    form.elements.latitude.value = coords.latitude.toFixed(4);
    form.elements.longitude.value = coords.longitude.toFixed(4);
  };

  const ask = (form, box, status) => {
    let asked = false;
    form.addEventListener("submit", (event) => {
      if (asked || !box.checked) return;
      event.preventDefault();
      asked = true;
      status.textContent = status.dataset.asking;
      const go = () => form.requestSubmit();
      navigator.geolocation.getCurrentPosition(
        (found) => {
          set(form, found.coords);
          go();
        },
        // A phone that cannot say where it is, or may not, does not keep anybody from checking in.
        go,
        { enableHighAccuracy: true, timeout: LONGEST, maximumAge: 60000 },
      );
    });
  };

  if (!("geolocation" in navigator)) return;
  for (const form of document.querySelectorAll("form[data-place]")) {
    const part = form.querySelector("[data-place-part]");
    part.hidden = false;
    ask(form, form.elements.tell_place, form.querySelector("[data-place-status]"));
  }
})();
