// Keeps the page that checks labels for a place without network. What the server says comes first, as long as
// it says it soon; nothing else of this installation is ever kept.

const STORE = "check-label-1";
const PAGE = "/check-label";
const KEPT = [PAGE, `${PAGE}/keys.json`, "/static/app.css", "/static/icon.svg", "/static/check-label.js"];
const PATIENCE = 4000;

addEventListener("install", (event) => {
  const wanted = KEPT.map((address) => new Request(address, { cache: "reload" }));
  event.waitUntil(caches.open(STORE).then((store) => store.addAll(wanted)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => names.filter((name) => name !== STORE));
  event.waitUntil(old.then((names) => Promise.all(names.map((name) => caches.delete(name)))).then(() => clients.claim()));
});

function soon() {
  return new Promise((_, reject) => { setTimeout(reject, PATIENCE); });
}

async function asked(request, address) {
  const answer = await fetch(request);
  if (answer.ok && address !== null) (await caches.open(STORE)).put(address, answer.clone());
  return answer;
}

async function answerFor(request, kept, renewed) {
  const fresh = asked(request, renewed);
  try {
    return await Promise.race([fresh, soon()]);
  } catch {
    return (await caches.match(kept)) ?? fresh;
  }
}

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  const isKept = KEPT.includes(pathname) && search === "";
  if (request.mode === "navigate") event.respondWith(answerFor(request, PAGE, pathname === PAGE && isKept ? PAGE : null));
  else if (isKept) event.respondWith(answerFor(request, pathname, pathname));
});
