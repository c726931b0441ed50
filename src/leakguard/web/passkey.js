"use strict";

// Speaks between the authenticator of the browser and the server. Everything that is decided is decided there.

const decode = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

const encode = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

class Refused extends Error {}

async function post(path, body, token) {
  const headers = { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang };
  if (token) headers["X-LeakGuard-Token"] = token;
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  const told = await answer.json();
  if (!answer.ok) throw new Refused([told.title, told.next_step].filter(Boolean).join(" "));
  return told;
}

async function login() {
  const options = await post("/login/passkey/begin", {});
  const asked = { ...options, challenge: decode(options.challenge) };
  asked.allowCredentials = (options.allowCredentials || []).map((one) => ({ ...one, id: decode(one.id) }));
  const found = await navigator.credentials.get({ publicKey: asked });
  const { authenticatorData, clientDataJSON, signature, userHandle } = found.response;
  await post("/login/passkey", {
    id: found.id, rawId: encode(found.rawId), type: found.type,
    response: {
      authenticatorData: encode(authenticatorData), clientDataJSON: encode(clientDataJSON),
      signature: encode(signature), userHandle: userHandle ? encode(userHandle) : null,
    },
  });
  // The server wrote there where the reader wanted to go, and made it a path of its own.
  location.assign(document.querySelector("form[action='/login'] input[name=to]")?.value || "/");
}

async function take(token) {
  const options = await post("/session/passkeys/begin", {}, token);
  const asked = { ...options, challenge: decode(options.challenge) };
  asked.user = { ...options.user, id: decode(options.user.id) };
  asked.excludeCredentials = (options.excludeCredentials || []).map((one) => ({ ...one, id: decode(one.id) }));
  const made = await navigator.credentials.create({ publicKey: asked });
  await post("/session/passkeys", {
    name: navigator.platform || "passkey",
    credential: {
      id: made.id, rawId: encode(made.rawId), type: made.type,
      response: {
        attestationObject: encode(made.response.attestationObject), clientDataJSON: encode(made.response.clientDataJSON),
      },
    },
  }, token);
  location.reload();
}

// A browser says why it refused in a language of its own, and in words for builders of pages.
const OF_BROWSER = { NotAllowedError: "refused", AbortError: "refused", InvalidStateError: "known" };

const say = (error) => {
  const place = document.getElementById("passkey-problem");
  place.textContent = error instanceof Refused ? error.message : place.dataset[OF_BROWSER[error.name] || "failed"];
};

const offer = (id, act) => {
  const button = document.getElementById(id);
  if (!button || !window.PublicKeyCredential) return;
  button.hidden = false;
  button.addEventListener("click", () => act(button).catch(say));
};

offer("passkey", login);
offer("new-passkey", (button) => take(button.dataset.token));
