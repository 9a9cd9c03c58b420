// Puts what happened on the page. Words of people are only ever set as text; letters of the desk stand in
// frames in which no script runs.
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const VIEWERS = ["complainant", "officer", "respondent"];
const kept = (key) => { try { return localStorage.getItem("wederhoor-" + key); } catch { return null; } };
const keep = (key, value) => { try { localStorage.setItem("wederhoor-" + key, value); } catch { /* a page from a file may have no store */ } };
let language = kept("language") === "en" ? "en" : "nl";
let theme = ["light", "dark"].includes(kept("theme")) ? kept("theme") : "auto";
let storyIndex = 0, mailId = null, viewer = "complainant";

const at = (id) => document.getElementById(id);
const say = (both) => (both ? both[language] : "");
const word = (key, table = "page") => say((data.words[table] || {})[key]) || key;
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));

function el(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat()) if (child !== null && child !== undefined && child !== "") made.append(child);
  return made;
}

const story = () => data.stories[storyIndex];
const mailsOf = (one) => one.moments.flatMap((moment) => moment.mails.map((mail) => ({ mail, moment })));
const selected = () => mailsOf(story()).find((entry) => entry.mail.id === mailId);
const dark = () => theme === "dark" || (theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
// Whose mail it is decides its colour: who wrote it, or who reads it.
const colourOf = (mail, moment) => mail.letter ? (mail.sees[0] || "nobody") : (moment.role || "clock");

function showStories() {
  at("stories").replaceChildren(...data.stories.map((one, index) => {
    const open = one.cases.some((c) => c.open);
    // One case speaks for the story: what is still open, else what was answered, else the first.
    const tells = one.cases.find((c) => c.open) || one.cases.find((c) => c.follow_up_code === "answered") || one.cases[0];
    return el("li", {}, el("button", { type: "button", "aria-current": String(index === storyIndex), onclick: () => choose(index) },
      el("span", { class: "name" }, say(one.title)),
      tells ? el("span", { class: "state" }, el("span", { class: "dot" + (open ? " open" : ""), "aria-hidden": "true" }), say(tells.state),
        tells.follow_up_code !== "none" ? el("span", { class: tells.follow_up_code === "answered" ? "grade" : "" }, say(tells.follow_up)) : null) : null));
  }));
}

const initials = (name) => { const parts = name.split(" "); return parts[0].charAt(0) + (parts.length > 1 ? parts[parts.length - 1].charAt(0) : ""); };

function chips(mail) {
  const people = story().people;
  const label = VIEWERS.filter((role) => people[role]).map((role) => people[role] + " " + word(mail.sees.includes(role) ? "sees" : "sees_not")).join(", ");
  return el("span", { class: "seen", role: "img", "aria-label": label, title: label },
    VIEWERS.filter((role) => people[role]).map((role) =>
      el("i", { "data-role": role, class: mail.sees.includes(role) ? "yes" : "", "aria-hidden": "true" }, initials(people[role]))));
}

function caseLine(one) {
  const facts = [];
  if (one.contact_by) facts.push(word("contact_by") + " " + say(one.contact_by));
  if (one.decision_by) facts.push(word("decision_by") + " " + say(one.decision_by));
  if (one.flags.length) facts.push(word("suspicions") + ": " + one.flags.map(say).join(", "));
  facts.push(word("follow_up") + ": " + say(one.follow_up));
  return el("li", {}, el("b", {}, word("case") + " " + one.number), " · " + say(one.state), el("div", { class: "facts" }, facts.join(" · ")));
}

function showStory() {
  const one = story();
  const moments = one.moments.map((moment) => {
    const incoming = moment.mails.filter((mail) => !mail.letter), letters = moment.mails.filter((mail) => mail.letter);
    const card = (mail) => el("button", { type: "button", class: "mail", "data-role": colourOf(mail, moment), "data-mail": mail.id, "aria-current": String(mail.id === mailId), onclick: () => open(mail.id, true) },
      el("span", { class: "label" }, mail.letter ? say(mail.letter) + " → " + (mail.to ? mail.to.name || mail.to.address : "") : word(moment.role, "role")),
      el("span", { class: "subject" }, mail.subject || "–"), chips(mail));
    return el("li", { class: "moment", "data-role": moment.role || "clock" },
      el("time", {}, say(moment.at)),
      el("h3", {}, moment.who ? [moment.who + " ", el("span", {}, word("writes"))] : word("clock")),
      incoming.map(card),
      moment.decisions.map((decision) => el("div", { class: "decision" },
        el("p", {}, say(decision.why), " ", el("code", {}, decision.code)),
        decision.facts.length ? el("p", { class: "facts" }, decision.facts.map(say).join(" ")) : null)),
      letters.map(card),
      moment.notice ? el("p", { class: "notice" }, say(moment.notice)) : null);
  });
  at("story").replaceChildren(
    el("h2", { id: "story-title" }, say(one.title)), el("p", { class: "lead" }, say(one.lead)),
    el("ul", { class: "cases" }, one.cases.map(caseLine)),
    el("ol", { "aria-label": word("course") }, moments));
}

function showEyes() {
  const people = story().people;
  at("eyes").replaceChildren(...VIEWERS.map((role, index) => el("button", {
    type: "button", role: "tab", id: "eye-" + role, "data-role": role, "aria-selected": String(role === viewer), "aria-controls": "view",
    tabindex: role === viewer ? "0" : "-1", onclick: () => look(role),
    onkeydown: (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault(); event.stopPropagation();
      look(VIEWERS[(index + step + 3) % 3]);
      at("eye-" + viewer).focus();
    } },
    el("span", { class: "role" }, word(role, "role")),
    el("span", { class: "person" + (people[role] ? "" : " none") }, people[role] || word("nobody_here")))));
}

const shown = (person) => person.name ? [person.name + " ", el("span", { class: "address" }, person.address)] : person.address;

// A quotation is folded away as mail programs do: what is new is what counts.
function wordsOf(text) {
  const lines = text.split("\n");
  const isQuote = (line) => /^\s*>/.test(line);
  const begins = lines.findIndex((line, index) => /^(Van|From): .+/.test(line) && lines.slice(index, index + 5).some((l) => /^(Onderwerp|Subject):/.test(l)));
  const blocks = [];
  lines.forEach((line, index) => {
    const quoted = isQuote(line) || (begins >= 0 && index >= begins);
    const last = blocks[blocks.length - 1];
    if (last && last.quoted === quoted) last.lines.push(line); else blocks.push({ quoted, lines: [line] });
  });
  return el("div", { class: "words", dir: "auto" }, blocks.map((block) => block.quoted
    ? el("details", {}, el("summary", {}, word("quoted")), el("pre", {}, block.lines.join("\n").trim()))
    : block.lines.join("\n").trim() + "\n"));
}

function letterFrame(mail) {
  const scheme = "(prefers-color-scheme:dark)";
  const html = mail.html.split(scheme).join(dark() ? "all" : "not all");
  const frame = el("iframe", { sandbox: "allow-same-origin", title: mail.subject, srcdoc: html, style: "color-scheme:" + (dark() ? "dark" : "light") });
  const measure = () => {
    const body = frame.contentDocument && frame.contentDocument.body;
    if (body && body.scrollHeight) frame.style.height = body.scrollHeight + 4 + "px";
  };
  frame.addEventListener("load", measure);
  // The one letter that is shown is measured again when the page changes its width.
  window.onresize = measure;
  return frame;
}

// The buttons of a letter are ordinary mail links; what each one prepares is read from the link itself.
function acts(mail) {
  if (!mail.html) return null;
  const links = [...new DOMParser().parseFromString(mail.html, "text/html").querySelectorAll('a[href^="mailto:"]')];
  const prepared = links.map((link) => {
    const query = link.getAttribute("href").split("?")[1] || "";
    const body = query.split("&").map((part) => part.split("=")).find(([key]) => key === "body");
    return body ? { label: link.textContent.trim(), body: decodeURIComponent(body[1]).trim() } : null;
  }).filter(Boolean);
  if (!prepared.length) return null;
  return el("section", { class: "acts" }, el("h4", {}, word("buttons")), el("p", {}, word("buttons_note")),
    el("ul", {}, prepared.map((one) => el("li", {}, el("code", {}, one.body), one.label))));
}

function sheet(mail) {
  const row = (key, value) => value ? [el("dt", {}, word(key)), el("dd", {}, value)] : [];
  return el("article", { class: "sheet" },
    el("header", {}, el("h3", {}, mail.subject || "–"),
      el("dl", {}, row("from", mail.from && shown(mail.from)), row("to", mail.to && shown(mail.to)),
        mail.letter ? row("reply_to", mail.reply_to && shown(mail.reply_to)) : [], row("date", say(mail.at)), row("attachments", mail.attachments.join(", ")))),
    mail.html ? letterFrame(mail) : wordsOf(mail.text), acts(mail),
    mail.html ? el("details", {}, el("summary", {}, word("plain")), el("pre", {}, mail.text)) : null,
    el("details", {}, el("summary", {}, word("headers")), el("pre", {}, mail.headers)));
}

function closedEye() {
  return at("closed-eye").content.firstElementChild.cloneNode(true);
}

function nothing(mail) {
  const code = mail.why[viewer];
  const instead = code === "in_notice" && mail.instead;
  return el("div", { class: "nothing", "data-role": viewer }, closedEye(), el("p", {}, word(code, "why_not")),
    instead ? el("button", { type: "button", class: "quiet", onclick: () => open(mail.instead, true) }, fill(word("read_notice"), { name: story().people.officer })) : null);
}

// Everything this person has, up to the moment of the mail that is looked at.
function mailbox() {
  const name = story().people[viewer];
  if (!name) return null;
  const all = mailsOf(story());
  const until = all.findIndex((entry) => entry.mail.id === mailId);
  const moment = all[until] && all[until].moment;
  const had = all.filter((entry, index) => (index <= until || entry.moment === moment) && entry.mail.sees.includes(viewer)).reverse();
  return el("section", { class: "mailbox" }, el("h3", {}, fill(word("mailbox"), { name }) + " (" + had.length + ")"),
    had.length ? el("ul", {}, had.map(({ mail }) => el("li", {}, el("button", { type: "button", "aria-current": String(mail.id === mailId), onclick: () => open(mail.id, true) },
      el("span", {}, mail.subject || "–"), el("span", { class: "when" }, (mail.letter ? "" : word("sent_by") + ", ") + say(mail.at)))))) : el("p", {}, word("mailbox_empty")));
}

function showView() {
  const entry = selected();
  const view = at("view");
  view.setAttribute("aria-labelledby", "eye-" + viewer);
  if (!entry) { view.replaceChildren(); return; }
  view.replaceChildren(...[entry.mail.sees.includes(viewer) ? sheet(entry.mail) : nothing(entry.mail), mailbox()].filter(Boolean));
}

function showFrame() {
  document.documentElement.lang = language;
  document.title = "wederhoor · " + word("title");
  for (const place of document.querySelectorAll("[data-word]")) place.textContent = word(place.dataset.word);
  at("theme").replaceChildren(el("span", { class: "wide" }, word("theme") + ": "), word("theme_" + theme));
  at("language").lang = language === "nl" ? "en" : "nl";
  if (theme === "auto") delete document.documentElement.dataset.theme; else document.documentElement.dataset.theme = theme;
  const all = data.stories.flatMap(mailsOf).map((entry) => entry.mail);
  const letters = all.filter((mail) => mail.letter).length;
  at("lead").textContent = fill(word("intro"), { mails: all.length - letters, letters, from: say(data.from), until: say(data.until) });
  const figure = (value, text) => el("div", {}, el("dt", {}, text), el("dd", {}, String(value)));
  at("proof").replaceChildren(el("div", { class: "head" }, el("dt", {}, word("proof"))),
    figure(data.proof.letters_again, word("proof_again")),
    figure(data.proof.letters_repeated, fill(word("proof_repeated"), { mails: data.proof.mails_repeated })),
    figure(data.proof.cases_repeated, word("proof_cases")), figure(data.proof.asked_twice, word("proof_twice")));
}

function showAll() { showFrame(); showStories(); showStory(); showEyes(); showView(); }

function remember() {
  const place = "#" + [story().id, mailId, viewer].join("/");
  if (location.hash !== place) history.replaceState(null, "", place);
}

function choose(index) {
  storyIndex = index;
  const first = mailsOf(story())[0];
  mailId = first ? first.mail.id : null;
  remember(); showStories(); showStory(); showEyes(); showView();
}

function open(id, byHand) {
  mailId = id;
  for (const card of document.querySelectorAll(".mail")) card.setAttribute("aria-current", String(card.dataset.mail === id));
  remember();
  if (byHand) document.body.classList.add("open");
  showView();
  // On a phone the mail covers everything: who cannot see has to be taken there.
  if (byHand && getComputedStyle(at("back")).display !== "none") at("back").focus();
  at("reading").scrollTop = 0;
}

function look(role) { viewer = role; remember(); showEyes(); showView(); }

function step(by) {
  const all = mailsOf(story());
  const next = all[all.findIndex((entry) => entry.mail.id === mailId) + by];
  if (!next) return;
  open(next.mail.id, false);
  const card = document.querySelector('.mail[aria-current="true"]');
  if (card) { card.focus({ preventScroll: true }); card.scrollIntoView({ block: "nearest" }); }
}

at("language").addEventListener("click", () => { language = language === "nl" ? "en" : "nl"; keep("language", language); showAll(); });
at("theme").addEventListener("click", () => { theme = { auto: "light", light: "dark", dark: "auto" }[theme]; keep("theme", theme); showFrame(); showView(); });
at("back").addEventListener("click", () => { document.body.classList.remove("open"); const card = document.querySelector('.mail[aria-current="true"]'); if (card) card.focus(); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showView);
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("summary, iframe, #eyes")) return;
  if (event.key === "Escape" && document.body.classList.contains("open")) at("back").click();
  if (["1", "2", "3"].includes(event.key)) look(VIEWERS[Number(event.key) - 1]);
  if ((event.key === "ArrowDown" || event.key === "ArrowUp") && (event.target === document.body || event.target.classList.contains("mail"))) {
    event.preventDefault();
    step(event.key === "ArrowDown" ? 1 : -1);
  }
});

const [fromStory, fromMail, fromViewer] = location.hash.slice(1).split("/");
const named = data.stories.findIndex((one) => one.id === fromStory);
if (named >= 0) storyIndex = named;
if (VIEWERS.includes(fromViewer)) viewer = fromViewer;
mailId = mailsOf(story()).some((entry) => entry.mail.id === fromMail) ? fromMail : (mailsOf(story())[0] || { mail: { id: null } }).mail.id;
showAll();
// A link to one mail opens that mail, on a phone too.
if (fromMail && mailId === fromMail) {
  document.body.classList.add("open");
  const card = document.querySelector('.mail[aria-current="true"]');
  if (card) card.scrollIntoView({ block: "center" });
}
