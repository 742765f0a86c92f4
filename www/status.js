// The status page: asks the service about itself and shows the answer. The page is complete without it.

// The page lies one folder below the service, which may itself live below a prefix (/ai/console/).
const service = new URL("../", document.baseURI);
const REFRESH_SECONDS = 15;
const PATIENCE_SECONDS = 10;

const element = (id) => document.getElementById(id);

async function ask(path) {
  const begin = performance.now();
  const answer = await fetch(new URL(path, service), {
    headers: { Accept: "application/json" },
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE_SECONDS * 1000),
  });
  if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status}`);
  return { value: await answer.json(), milliseconds: performance.now() - begin };
}

function showHealth(state, text) {
  element("health").dataset.state = state;
  // A status region is read out on each change of text: only change it when something changed.
  if (element("health-text").textContent !== text) element("health-text").textContent = text;
}

async function refreshHealth() {
  try {
    const { milliseconds } = await ask("health");
    showHealth("up", "Up");
    element("answer-time").textContent = `${milliseconds.toFixed(0)} ms`;
  } catch {
    showHealth("down", "Not answering");
    element("answer-time").textContent = "–";
  }
  element("checked").textContent = new Date().toLocaleTimeString();
  element("facts").hidden = false;
}

function endpointRow({ method, path, summary }) {
  const row = document.createElement("tr");
  const badge = Object.assign(document.createElement("span"), { className: "method", textContent: method });
  const address = Object.assign(document.createElement("code"), { textContent: path });
  for (const content of [badge, address, summary ?? ""]) {
    row.insertCell().append(content);
  }
  return row;
}

async function showService() {
  try {
    const { value } = await ask("");
    element("service").textContent = value.service ?? "–";
    element("version").textContent = value.version ?? "–";
    if (value.endpoints?.length) {
      element("endpoints").replaceChildren(...value.endpoints.map(endpointRow));
    }
  } catch (error) {
    element("trouble").textContent = `The service did not say what it offers (${error.message}).`;
    element("trouble").hidden = false;
  }
}

function fillExamples() {
  const base = new URL("v1", service).href;
  for (const place of document.querySelectorAll("[data-base]")) place.textContent = base;
  // The clipboard exists only on https and on localhost.
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copies]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(element(button.dataset.copies).textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
  }
}

fillExamples();
showHealth("unknown", "Asking …");
await Promise.all([showService(), refreshHealth()]);
setInterval(() => { if (!document.hidden) refreshHealth(); }, REFRESH_SECONDS * 1000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) refreshHealth(); });
