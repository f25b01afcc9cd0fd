// Makes pages quicker to use. Every page works without it.
const all = (selector) => document.querySelectorAll(selector);
const language = document.documentElement.lang;

// A form is sent once, however often its button is pressed; coming Back makes it fresh.
for (const form of document.forms) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// What was wrong is said until something else is typed.
for (const field of all("[aria-invalid]")) {
  field.addEventListener("input", () => {
    field.removeAttribute("aria-invalid");
    for (const told of all(".wrong")) told.hidden = told.id.startsWith(field.id);
  });
}

// Times of day, in the reader's own zone.
for (const time of all("time[datetime]")) {
  const shown = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", numberingSystem: "latn" };
  time.textContent = new Date(time.dateTime).toLocaleTimeString(language, shown);
}

// The code: what is pasted or filled in is cleaned, shown in groups and sent.
const plain = (text) => text.replace(/[\s\-\u2010-\u2015]/g, "").toUpperCase();
const codeIn = (text) => {
  const digits = text.match(/\d(?:[\s\-\u2010-\u2015]?\d){5,11}(?!\d)/);
  const letters = text.match(/\b[0-9A-Z]{4}[\s-]?[0-9A-Z]{4}\b/i);
  return plain(digits?.[0] ?? letters?.[0] ?? "");
};
const grouped = (code) => {
  const threes = /^\d+$/.test(code) && (code.length === 6 || code.length === 9 || code.length === 10);
  const groups = threes ? /^(.{3})(.{3})(.*)$/ : /^(.{1,4})(.{0,4})(.*)$/;
  return code.replace(groups, "$1 $2 $3").trim();
};
for (const field of all("input[data-code]")) {
  let size = plain(field.value).length;
  const fill = (code) => {
    field.value = grouped(code);
    size = code.length;
    if (code && !field.dataset.done) {
      field.dataset.done = "yes";
      field.form.requestSubmit();
    }
  };
  field.addEventListener("paste", (event) => {
    const code = codeIn(event.clipboardData.getData("text"));
    if (!code) return;
    event.preventDefault();
    fill(code);
  });
  field.addEventListener("input", () => {
    const code = plain(field.value);
    const came = code.length - size;
    size = code.length;
    if (came >= 6) fill(codeIn(field.value));
    else if (code.length === 12) fill(code);
    else if (came > 0 && field.selectionStart === field.value.length) field.value = grouped(code);
  });
  if (field.dataset.code === "sms" && "OTPCredential" in window) {
    const stop = new AbortController();
    field.form.addEventListener("submit", () => stop.abort());
    navigator.credentials
      .get({ otp: { transport: ["sms"] }, signal: stop.signal })
      .then((otp) => otp && fill(plain(otp.code)), () => {});
  }
}

// "Send again" counts down; the server holds the wait.
for (const button of all("button[data-wait]")) {
  const label = button.textContent;
  const until = Date.now() + Number(button.dataset.wait) * 1000;
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    button.disabled = left > 0;
    button.textContent = left > 0
      ? button.dataset.label.replace("{}", `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`)
      : label;
    if (left > 0) setTimeout(tick, 250);
  };
  tick();
}

// The new password: how strong, shown or not, and the words that are offered.
for (const field of all("input[data-strength]")) {
  const meter = document.getElementById(field.dataset.strength);
  const least = Number(field.dataset.least);
  const judge = () => {
    const size = [...field.value].length;
    const kinds = new Set(field.value.toLowerCase()).size;
    const level = size < least ? 1 : kinds < 6 ? 2 : size < least + 6 || kinds < 10 ? 3 : 4;
    meter.hidden = size === 0;
    meter.dataset.level = level;
    meter.querySelector("span").textContent = meter.dataset[`level${level}`].replace("{}", size);
  };
  field.addEventListener("input", judge);
  for (const toggle of all("button[data-shows]")) {
    toggle.hidden = false;
    toggle.addEventListener("click", () => {
      const isShown = field.type === "password";
      field.type = isShown ? "text" : "password";
      toggle.setAttribute("aria-pressed", isShown);
    });
  }
  for (const offer of all("button[data-words]")) {
    offer.addEventListener("click", (event) => {
      event.preventDefault();
      field.value = offer.dataset.words;
      field.type = "text";
      field.dispatchEvent(new Event("input"));
      field.focus();
    });
  }
}
