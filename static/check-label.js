// Checks the text of a label here in the browser, without network: the same rules as verifier/rules/labels.py
// and verifier/sealing.py. Every sentence stands in the page, in the reader's language.

const form = document.getElementById("label-form");
const field = form.elements.namedItem("label");
const answer = document.getElementById("label-answer");

class Unreadable extends Error {}

function bytesOf(text) {
  let content;
  try {
    content = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    throw new Unreadable();
  }
  const again = btoa(content).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  if (again !== text) throw new Unreadable();
  return Uint8Array.from(content, (sign) => sign.codePointAt(0));
}

function dayOf(text) {
  const found = /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  const day = found && `${found[1]}-${found[2]}-${found[3]}`;
  const known = found && new Date(`${day}T00:00:00Z`);
  if (!known || Number.isNaN(known.valueOf()) || known.toISOString().slice(0, 10) !== day) throw new Unreadable();
  return day;
}

function textOf(payload) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(payload);
  } catch {
    throw new Unreadable();
  }
}

function read(text) {
  const parts = text.replace(/\s+/g, "").split("#").at(-1).split(".");
  if (parts.length !== 3 || parts[0] !== "V1") throw new Unreadable();
  const [payload, signature] = [bytesOf(parts[1]), bytesOf(parts[2])];
  const texts = textOf(payload).split("\x1f");
  const arePlain = texts.every((told) => !/[\p{C}\p{Z}]/u.test(told.replaceAll(" ", "")));
  if (texts.length !== 8 || signature.length !== 64 || !arePlain) throw new Unreadable();
  const [number, code, kind, model, serial, performed, until, body] = texts;
  const days = { performed: dayOf(performed), until: until && dayOf(until) };
  const signed = new Uint8Array([...new TextEncoder().encode("V1."), ...payload]);
  return { facts: { number, code, kind, model, serial, ...days, body }, signed, signature };
}

async function isGood(label, key) {
  const imported = await crypto.subtle.importKey("raw", bytesOf(key), "Ed25519", false, ["verify"]);
  return crypto.subtle.verify("Ed25519", imported, label.signature, label.signed);
}

async function anyGood(label, keys) {
  for (const key of keys) if (await isGood(label, key)) return true;
  return false;
}

async function canCheck() {
  try {
    // The public key of the first test of RFC 8032.
    const key = bytesOf("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
    return true;
  } catch {
    return false;
  }
}

function show(name, facts = {}) {
  const shown = document.getElementById(`label-${name}`).content.cloneNode(true);
  for (const [fact, value] of Object.entries(facts)) {
    const place = shown.querySelector(`[data-fact="${fact}"]`);
    if (place) place.textContent = value || "–";
  }
  answer.replaceChildren(shown);
}

function today() {
  const now = new Date();
  const two = (figure) => String(figure).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

async function check(text, known) {
  const label = read(text);
  const { facts } = label;
  const body = Object.hasOwn(known.bodies, facts.body) ? known.bodies[facts.body] : null;
  if (!body) return show("unknown");
  if (!(await anyGood(label, body.keys))) return show("forged");
  const names = Object.hasOwn(known.kinds, facts.kind) ? known.kinds[facts.kind] : {};
  const kind = names[document.documentElement.lang] || names["zh-CN"] || facts.kind;
  return show(facts.until && facts.until < today() ? "expired" : "good", { ...facts, kind, body: body.name });
}

async function checkTyped() {
  let known;
  try {
    known = await (await fetch(form.dataset.keys)).json();
  } catch {
    return show("no-keys");
  }
  try {
    return await check(field.value, known);
  } catch (error) {
    if (error instanceof Unreadable) return show("unreadable");
    throw error;
  }
}

async function checkScanned() {
  if (!location.hash.startsWith("#V1.")) return;
  field.value = location.hash.slice(1);
  await checkTyped();
}

if (await canCheck()) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    checkTyped();
  });
  addEventListener("hashchange", checkScanned);
  await checkScanned();
} else {
  show("cannot");
}

// For the page itself, and for the address on a label: scanned without network, it is checked here.
if ("serviceWorker" in navigator) {
  for (const scope of [new URL(form.action).pathname, "/c/"]) {
    await navigator.serviceWorker.register(form.dataset.worker, { scope });
  }
}
