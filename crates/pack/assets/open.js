"use strict";
// Opens the sealed page with the passphrase that was typed. Everything happens in here: nothing is loaded or sent.
const sealed = document.getElementById("sealed");
const form = document.getElementById("open");
const said = document.getElementById("said");
const utf8 = (text) => new TextEncoder().encode(text);
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

async function opened(passphrase) {
  const { about, salt, nonce, rounds } = sealed.dataset;
  const typed = await crypto.subtle.importKey("raw", utf8(passphrase), "PBKDF2", false, ["deriveKey"]);
  const stretch = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: Number(rounds) };
  const key = await crypto.subtle.deriveKey(stretch, typed, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
  const cipher = { name: "AES-GCM", iv: bytes(nonce), additionalData: utf8(about) };
  return new TextDecoder().decode(await crypto.subtle.decrypt(cipher, key, bytes(sealed.textContent.trim())));
}

form.hidden = false;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!globalThis.crypto?.subtle) {
    said.textContent = form.dataset.old;
    return;
  }
  said.textContent = form.dataset.busy;
  try {
    // An input method may have written full-width letters. What opens is what the desk sealed, so it is safe to draw.
    document.getElementById("page").innerHTML = await opened(form.elements.passphrase.value.normalize("NFKC").trim());
    document.body.className = "opened";
    document.getElementById("print").addEventListener("click", () => print());
    document.querySelector("#page h1").focus();
  } catch {
    said.textContent = form.dataset.wrong;
    form.elements.passphrase.select();
  }
});
form.elements.passphrase.focus();
