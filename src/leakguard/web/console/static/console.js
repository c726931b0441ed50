"use strict";
// Live parts, the time that is left, and the keyboard. A page is whole without this file.
(() => {
  const body = document.body;

  for (const field of document.querySelectorAll("[data-here]")) field.value = location.pathname + location.search;

  // Live: something was recorded, so the page is read again, and what differs in the parts marked with `data-live` is
  // put into them. What somebody typed, opened or has the focus on stays. A part with `data-read` says which text is
  // being read: once there is another one the part stays as it is, so that nobody approves what they have not read.
  const kept = (one) => one.matches("details, dialog") ? ["open"] : one.matches("option") ? ["selected"] : one.matches("input[type=checkbox], input[type=radio]") ? ["checked"] : [];
  const isTyped = (one) => one.matches("input, textarea") && one.type !== "hidden" && (one === document.activeElement || one.value !== one.defaultValue);
  const attributes = (old, next) => {
    const own = kept(old);
    for (const { name } of [...old.attributes]) if (!next.hasAttribute(name) && !own.includes(name)) old.removeAttribute(name);
    for (const { name, value } of next.attributes) if (old.getAttribute(name) !== value && !own.includes(name)) old.setAttribute(name, value);
  };
  const isSame = (old, next) => old.nodeType === next.nodeType && old.nodeName === next.nodeName && (old.id || "") === (next.id || "");
  const put = (parent, node, before) => { if (node.isConnected && parent.moveBefore) parent.moveBefore(node, before); else parent.insertBefore(node, before); };
  const renew = (old, next) => {
    if (old.isEqualNode(next) || (old.nodeType === 1 && (isTyped(old) || old.hasAttribute("data-keep")))) return;
    if (old.nodeType !== 1) { if (old.nodeValue !== next.nodeValue) old.nodeValue = next.nodeValue; return; }
    attributes(old, next);
    if (old.matches("select") && old === document.activeElement) return;
    let place = old.firstChild;
    for (const child of [...next.childNodes]) {
      let found = place && isSame(place, child) ? place : null;
      if (!found && child.id) found = [...old.children].find((one) => isSame(one, child)) || null;
      if (!found) { old.insertBefore(document.importNode(child, true), place); continue; }
      if (found !== place) put(old, found, place);
      place = found.nextSibling;
      renew(found, child);
    }
    while (place) { const gone = place; place = place.nextSibling; gone.remove(); }
  };
  const stale = document.getElementById("stale"), reworded = document.getElementById("reworded");
  const fillIn = (line, text) => { if (line.textContent !== text) line.textContent = text; line.hidden = !text; };
  const say = (text) => fillIn(stale, text);
  const isAnother = (part, next) => "read" in part.dataset && next?.dataset.read !== part.dataset.read;
  let reading = false, isAskedAgain = false, isOver = false, known = Date.now();
  const login = Object.assign(document.createElement("a"), { href: "/login", target: "_blank", textContent: body.dataset.login });
  const over = () => { isOver = true; say(body.dataset.gone); stale.append(" ", login); };
  const loggedIn = () => { known = Date.now(); if (isOver) { isOver = false; say(""); } };
  const refresh = async () => {
    if (reading) { isAskedAgain = true; return; }
    reading = true;
    try {
      const answer = await fetch(location.pathname + location.search, { redirect: "manual", cache: "no-store", headers: { accept: "text/html" } });
      if (answer.type === "opaqueredirect" || answer.status === 401) { over(); return; }
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      let isReworded = false;
      for (const part of document.querySelectorAll("[data-live][id]")) {
        const next = page.getElementById(part.id);
        if (isAnother(part, next)) isReworded = true;
        else if (next) renew(part, next); else part.remove();
      }
      if (reworded) fillIn(reworded, isReworded ? reworded.dataset.text : "");
      loggedIn();
      tick();
    } catch { /* the server is away: the stream says so */ } finally {
      reading = false;
      if (isAskedAgain) { isAskedAgain = false; soon(); }
    }
  };
  // A form that is sent once the login is over would be lost with what was typed, so a page that did not hear of it for
  // a minute asks first. Who logged in anew in another tab goes on here; another person's form stays refused.
  const askLogin = async () => {
    try {
      const answer = await fetch("/session", { cache: "no-store", headers: { accept: "application/json" }, signal: AbortSignal.timeout(5000) });
      if (answer.status === 401) { over(); return false; }
      const found = await answer.json();
      if (found.account?.id === body.dataset.account) for (const one of document.querySelectorAll("input[name=form_token]")) one.value = found.form_token;
    } catch { /* the server is away: the browser says so */ }
    loggedIn();
    return true;
  };
  document.addEventListener("submit", async (event) => {
    const form = event.target, button = event.submitter;
    if (form.method !== "post" || (!isOver && Date.now() - known < 60000)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (await askLogin()) form.requestSubmit(button);
    else stale.scrollIntoView({ block: "nearest" });
  }, true);
  document.addEventListener("visibilitychange", () => { if (isOver && document.visibilityState === "visible") askLogin(); });
  let waiting = 0;
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(refresh, 120); };

  // The stream ends by itself after some minutes; the browser opens it again where it was. One that the server refuses
  // is asked for again here. A page that heard nothing for some seconds says so, and reads all again once it does.
  if (body.dataset.stream) {
    let heard = Date.now(), last = new URL(body.dataset.stream, location.href).searchParams.get("after"), pause = 2000, stream = null, wasAway = false;
    const hear = (event) => { heard = Date.now(); last = event.lastEventId || last; soon(); };
    const listen = () => {
      stream = new EventSource(`${body.dataset.stream.split("?")[0]}?after=${last}`);
      stream.addEventListener("open", () => { pause = 2000; heard = Date.now(); if (wasAway) { wasAway = false; soon(); } if (!isOver) say(""); });
      stream.addEventListener("change", hear);
      stream.addEventListener("moved", hear);
      stream.addEventListener("error", () => {
        if (stream.readyState !== EventSource.CLOSED) return;
        stream.close();
        refresh();
        setTimeout(listen, pause);
        pause = Math.min(pause * 2, 30000);
      });
    };
    listen();
    setInterval(() => {
      if (stream.readyState === EventSource.OPEN) heard = Date.now();
      else if (Date.now() - heard > 7000) { wasAway = true; if (!isOver) say(body.dataset.stale); }
    }, 1000);
    // Heartbeats are no entries of the ledger, so they are asked for.
    setInterval(async () => {
      const shown = document.querySelector("[data-since]");
      if (document.visibilityState !== "visible" || isOver) return;
      try {
        const found = await (await fetch("/api/v1/watchman", { cache: "no-store" })).json();
        if (Boolean(shown) !== Boolean(found.watching)) soon();
        else if (shown && found.at) { shown.dataset.since = Math.floor(Date.parse(found.at) / 1000); tick(); }
      } catch { /* as above */ }
    }, 15000);
  }
  // Time itself changes what is late, so now and then everything is read again.
  setInterval(() => { if (document.querySelector("[data-until]") && document.visibilityState === "visible") refresh(); }, 120000);
  window.addEventListener("pageshow", (event) => { if (event.persisted) refresh(); });

  // What is left, and how long ago, in the words of the page.
  const words = JSON.parse(body.dataset.words);
  const fill = (text, ...values) => values.reduce((made, value) => made.replace("{}", value), text);
  const span = (all, withSeconds) => {
    const left = Math.abs(Math.trunc(all)), days = Math.floor(left / 86400), hours = Math.floor((left % 86400) / 3600), minutes = Math.floor((left % 3600) / 60);
    if (left < 60) return withSeconds ? fill(words.s, left) : words.less;
    if (days) return hours ? fill(words.dh, days, hours) : fill(words.d, days);
    return hours ? fill(words.hm, hours, String(minutes).padStart(2, "0")) : fill(words.m, minutes);
  };
  const drift = body.dataset.now ? Date.now() / 1000 - Number(body.dataset.now) : 0;
  const write = (one, text) => { if (one.textContent !== text) one.textContent = text; };
  const tick = () => {
    if (body.dataset.drill) return;
    const now = Date.now() / 1000 - (Math.abs(drift) > 90 ? drift : 0);
    for (const one of document.querySelectorAll("[data-until]")) {
      const left = Number(one.dataset.until) - now;
      write(one, left < 0 ? fill(words.late, span(left)) : span(left));
      one.classList.toggle("over", left < 0);
      one.classList.toggle("soon", left >= 0 && left < 86400);
    }
    for (const one of document.querySelectorAll("[data-since]")) write(one, fill(one.dataset.form, span(Math.max(0, now - Number(one.dataset.since)), true)));
  };
  setInterval(tick, 5000);

  // Times are shown in the zone of this browser; it is told once, and the page is read again in it.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!document.cookie.split("; ").includes(`leakguard-zone=${zone}`)) {
    document.cookie = `leakguard-zone=${zone}; Path=/; Max-Age=31536000; SameSite=Lax`;
    soon();
  }

  // Keyboard: ? shows the keys, / goes to the search, g and a letter to a page, j and k through the rows.
  const keys = document.getElementById("keys");
  let before = "", at = 0;
  const step = (by) => {
    const rows = [...document.querySelectorAll("[data-row], main tbody tr, main .item")].filter((row) => row.checkVisibility() && row.querySelector("a, button"));
    const here = rows.findIndex((row) => row.contains(document.activeElement));
    const row = rows[here < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, here + by))];
    row?.querySelector("a, button")?.focus();
    row?.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, [contenteditable], dialog")) return;
    const isSecond = before === "g" && Date.now() - at < 1500;
    before = event.key; at = Date.now();
    if (isSecond) {
      const found = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
      if (found) { event.preventDefault(); before = ""; location.href = found.dataset.to; }
    } else if (event.key === "?" && keys) { event.preventDefault(); keys.showModal(); }
    else if (event.key === "/") { const find = document.getElementById("find"); if (find) { event.preventDefault(); find.focus(); find.select(); } }
    else if (event.key === "j" || event.key === "k") { event.preventDefault(); step(event.key === "j" ? 1 : -1); }
  });

  // A row of tabs that is wider than the screen begins where the tab of this page is seen.
  for (const row of document.querySelectorAll(".tabs, .fact-pills")) {
    const here = row.querySelector("[aria-current]");
    const from = here ? here.offsetLeft - row.offsetLeft : 0;
    if (here && from + here.offsetWidth > row.clientWidth) row.scrollLeft = from - (row.clientWidth - here.offsetWidth) / 2;
  }

  // Letters: a text to copy is selected whole; a choice of language shows it at once.
  document.addEventListener("focusin", (event) => { if (event.target.matches("textarea[data-copy]")) event.target.select(); });
  document.addEventListener("change", (event) => { if (event.target.matches("select[data-submit]")) event.target.form.requestSubmit(); });
})();
