// The server draws everything; this only asks it to draw again when something has arrived.
// Without script the page is the same and is reloaded by hand.

const screen = document.getElementById("screen");
let source = null;
let isPostponed = false;

// A part is replaced, unless somebody is at work in it. The phone's gets only the texts that are
// new while it stays the same person's, so that a screen reader says those and nothing else.
function update(part, fresh) {
  if (part.dataset.shows === fresh.dataset.shows) {
    addTexts(part.querySelector("[data-list]"), fresh.querySelector("[data-list]"));
    part.querySelector(".peer strong")?.replaceWith(fresh.querySelector(".peer strong") ?? "");
  } else if (part.contains(document.activeElement)) {
    isPostponed = true;
  } else {
    part.replaceWith(fresh);
  }
}

function addTexts(list, next) {
  if (!list || !next) return;
  const known = new Map([...list.children].map((item) => [item.dataset.key, item]));
  for (const item of [...next.children]) if (!known.has(item.dataset.key)) list.append(item);
  const isEmpty = !list.children.length;
  list.parentElement.querySelector(".empty")?.toggleAttribute("hidden", !isEmpty);
}

async function refresh() {
  isPostponed = false;
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-part]")) {
    const fresh = drawn.querySelector(`[data-part="${part.dataset.part}"]`);
    if (fresh) update(part, document.adoptNode(fresh));
  }
}

// Browsers keep few connections to one host: only a tab that is seen holds one.
function watch() {
  source?.close();
  source = null;
  if (document.visibilityState !== "visible") return;
  source = new EventSource(screen.dataset.events);
  source.addEventListener("arrived", refresh);
}

document.addEventListener("focusout", () => isPostponed && setTimeout(refresh));
document.addEventListener("visibilitychange", watch);
watch();
