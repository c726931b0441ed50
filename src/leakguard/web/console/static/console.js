"use strict";
// Live parts, the time that is left, and the keyboard. A page is whole without this file.
(() => {
  const body = document.body;
  const stale = document.getElementById("stale");
  document.cookie = `leakguard-zone=${Intl.DateTimeFormat().resolvedOptions().timeZone}; Path=/; Max-Age=31536000; SameSite=Lax`;

  for (const field of document.querySelectorAll("[data-here]")) field.value = location.pathname + location.search;

  // Live: the ledger has got an entry, so the parts marked with `data-live` are read again. A part in which somebody
  // types is left alone.
  let last = Date.now();
  const isBusy = (part) => part.contains(document.activeElement) && document.activeElement.matches("input,select,textarea");
  const refresh = () => {
    for (const part of document.querySelectorAll("[data-live]")) {
      if (isBusy(part) || !part.id) continue;
      htmx.ajax("GET", location.pathname + location.search, { source: part, target: part, select: `#${part.id}`, swap: "outerHTML" });
    }
  };
  let waiting = 0;
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(refresh, 150); };
  const say = (text) => { stale.textContent = text; stale.hidden = !text; };
  if (body.dataset.stream) {
    const stream = new EventSource(body.dataset.stream);
    stream.addEventListener("open", () => { last = Date.now(); say(""); });
    stream.addEventListener("change", () => { last = Date.now(); soon(); });
    stream.addEventListener("error", () => { if (stream.readyState === EventSource.CLOSED) say(body.dataset.stale); });
    setInterval(() => { if (stream.readyState === EventSource.OPEN) last = Date.now(); else if (Date.now() - last > 10000) say(body.dataset.stale); }, 2000);
  }
  // Every minute, as time itself changes what is late.
  setInterval(() => { if (document.querySelector("[data-until]") && document.visibilityState === "visible") refresh(); }, 60000);

  // Keyboard
  const keys = document.getElementById("keys");
  let before = "";
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input,select,textarea,[contenteditable]")) return;
    if (event.key === "?" && keys) { event.preventDefault(); keys.showModal(); return; }
    if (event.key === "/") { event.preventDefault(); document.getElementById("find")?.focus(); return; }
    if (before === "g") {
      const found = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
      if (found) location.href = found.dataset.to;
    }
    before = event.key;
  });

  // Letters: a text to copy is selected whole; a choice of language shows it at once.
  document.addEventListener("focusin", (event) => { if (event.target.matches("textarea[data-copy]")) event.target.select(); });
  document.addEventListener("change", (event) => { if (event.target.matches("select[data-submit]")) event.target.form.requestSubmit(); });
})();
