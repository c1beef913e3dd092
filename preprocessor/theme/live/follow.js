// Computes what the page says anew with what the reader has changed: inputs, sums, and what blocks printed that they ran with other values.
const follow = (() => {
  // How long computing a page may take, in milliseconds.
  const LIMIT = 10_000;

  const { page, reads, inputs: panel } = data;
  // What the reader has changed: inputs by their names, the lines of sums by the numbers of their fences, and blocks by their numbers.
  let { inputs } = proofVisit;
  const edited = new Map();
  const ran = new Map();

  const part = (name, number) => document.querySelector(`[data-${name}="${number}"]`);
  const changes = () => Object.keys(inputs).length + edited.size + ran.size > 0;

  // Inputs are kept for the visit; where pages are files that share nothing, links carry them.
  const isOnDisk = location.protocol === "file:";
  const folder = new URL(path_to_root || ".", location.href).href.split("?")[0];
  const carried = (href) => {
    const url = new URL(href, location.href);
    if (url.href.startsWith(folder) && url.pathname.endsWith(".html")) {
      if (Object.keys(inputs).length > 0) url.searchParams.set("inputs", JSON.stringify(inputs));
      else url.searchParams.delete("inputs");
    }
    return url.href;
  };
  const keep = () => {
    try {
      sessionStorage.setItem(proofVisit.key, JSON.stringify(inputs));
      if (isOnDisk) history.replaceState(null, "", carried(location.href));
    } catch {
      // Links carry them, if anything does.
    }
  };
  if (isOnDisk) {
    const carry = () => {
      for (const link of document.querySelectorAll("a[href]")) if (link.protocol === "file:") link.href = carried(link.href);
    };
    // Also before keys that turn the page.
    for (const type of ["click", "auxclick", "keydown"]) addEventListener(type, carry, true);
  }

  // A part of the page, with what the book says of it.
  const books = new Map();
  const book = (part, read) => {
    if (!books.has(part)) books.set(part, read(part));
    return books.get(part);
  };

  // A figure or a result as it is told now: `is` is its new text, `unknown` why there is none.
  const tell = (shown, told, text) => {
    const own = book(shown, () => ({ text, said: shown.getAttribute("aria-description") }));
    const isYours = told?.is !== undefined;
    shown.textContent = isYours ? told.is : own.text;
    shown.classList.toggle("proof-yours", isYours);
    shown.classList.toggle("proof-other", told?.unknown !== undefined);
    const why = isYours ? `With your values; in the book: ${own.text}` : told && (told.unknown || "For the verified run");
    const said = [why, own.said].filter(Boolean).join(". ");
    if (said) shown.setAttribute("aria-description", said);
    else shown.removeAttribute("aria-description");
  };

  // A line of sums: its code, and its result in an element of its own.
  const line = ({ code }, told, result) => {
    const row = document.createElement("div");
    const shown = document.createElement("code");
    shown.className = "nohighlight";
    shown.textContent = code;
    row.append(shown);
    const text = told?.is ?? told?.unknown ?? result;
    if (text === undefined) return row;
    const value = document.createElement("span");
    value.textContent = told?.unknown === undefined ? `= ${text.trim()}` : text || "not computed";
    value.className = told?.is !== undefined ? "proof-yours" : told ? "proof-other" : "";
    row.append(" ", value);
    return row;
  };

  const tellSums = (number, told) => {
    const sums = part("sums", number);
    const rows = book(sums, () => [...sums.querySelectorAll(":scope > div")]);
    const own = edited.get(number);
    sums.classList.toggle("proof-changed", own !== undefined);
    const old = [...sums.querySelectorAll(":scope > div")];
    if (own) {
      const lines = own.map((one, at) => line(one, told[at], one.result?.trim() || undefined));
      old[0]?.before(...lines);
      old.forEach((row) => row.remove());
      return;
    }
    if (old[0] !== rows[0]) {
      old[0]?.before(...rows);
      old.forEach((row) => row.remove());
    }
    for (const [at, row] of rows.entries()) {
      const value = row.querySelector("span");
      if (!value) continue;
      const { result } = page.sums[number][at];
      const is = told[at]?.is;
      tell(value, is === undefined ? told[at] : { is: `= ${is.trim()}` }, `= ${result}`);
      // On paper and in a glance, the book's value stands beside the reader's.
      if (is === undefined) delete value.dataset.book;
      else value.dataset.book = result;
    }
  };

  const ICONS = {
    holds: '<circle cx="8" cy="8" r="7" stroke-dasharray="2.4 2"/><path d="M4.8 8.2l2.2 2.2 4.2-4.6"/>',
    fails: '<rect x="1.2" y="1.2" width="13.6" height="13.6" stroke-dasharray="2.6 2"/><path d="M5 5l6 6M11 5l-6 6"/>',
    silent: '<circle cx="8" cy="8" r="7" stroke-dasharray="2.6 1.9"/>',
  };
  const VERDICTS = {
    holds: "still holds at your values",
    fails: "doesn’t hold at your values",
    silent: "not tried at your values",
  };
  const tellClaims = (number, held) => {
    const mark = part("claims", number);
    if (!mark) return;
    const [icon, input, tip] = [mark.querySelector("svg"), mark.querySelector("input"), mark.nextElementSibling];
    const own = book(mark, () => ({ icon: icon.innerHTML, name: input.ariaLabel }));
    const state = held && ["fails", "silent", "holds"].find((state) => held.includes(state));
    icon.innerHTML = state ? ICONS[state] : own.icon;
    input.ariaLabel = state ? `${own.name}; ${VERDICTS[state]}` : own.name;
    mark.classList.toggle("proof-other", state !== undefined);
    // Each claim of several has its own.
    for (const [at, claim] of tip.querySelectorAll(".proof-held").entries()) {
      const verdict = state && VERDICTS[held[at] ?? "silent"];
      if (verdict) claim.dataset.yours = verdict[0].toUpperCase() + verdict.slice(1);
      else delete claim.dataset.yours;
    }
  };

  const show = (answer) => {
    for (const number of (page.sums ?? []).keys()) tellSums(number, answer.sums?.[number] ?? {});
    for (const { number } of page.figures ?? []) {
      const shown = part("figure", number);
      if (shown) tell(shown, answer.figures?.[number], shown.textContent);
    }
    for (const { number } of page.claims ?? []) tellClaims(number, answer.claims?.[number]);
    for (const number of (page.formulas ?? []).keys()) {
      const table = part("formula", number)?.closest("table");
      if (table) table.classList.toggle("proof-other", answer.formulas?.includes(number) ?? false);
    }
    for (const figure of figures.values()) figure.move(answer.blocks?.[figure.number]);
    document.documentElement.classList.toggle("proof-mine", Object.keys(inputs).length + edited.size > 0);
    tellInputs(answer.refused ?? {});
  };

  // What reads a block that runs with other values is about the verified run, until it is known what it is now.
  const dim = () => {
    const isOther = (blocks) => blocks?.some((number) => ran.has(number));
    const names = { figure: reads.figures, claims: reads.claims };
    for (const [name, all] of Object.entries(names)) {
      for (const [number, blocks] of Object.entries(all)) {
        if (!isOther(blocks)) continue;
        if (name === "claims") tellClaims(number, ["silent"]);
        else if (part(name, number)) tell(part(name, number), { unknown: "" }, part(name, number).textContent);
      }
    }
    for (const [place, blocks] of Object.entries(reads.sums)) {
      const [number, at] = place.split(" ");
      const row = part("sums", number)?.querySelectorAll(":scope > div")[at];
      row?.querySelector("span")?.classList.toggle("proof-other", isOther(blocks));
    }
  };

  // Above the page, or where the inputs are: which of them the reader changed, and the way back.
  let bar = document.querySelector(".proof-inputs");
  const tellInputs = (refused) => {
    const names = Object.keys(inputs);
    const hasFields = document.querySelector("[data-input] input") !== null;
    if (!bar && names.length === 0) return;
    if (!bar) {
      bar = document.createElement("aside");
      bar.className = "proof-inputs";
      bar.ariaLabel = panel.title;
      bar.innerHTML = '<p role="status"></p><p><a></a><button type="button" data-reset></button></p>';
      const link = bar.querySelector("a");
      link.textContent = "Change them";
      link.href = path_to_root + panel.page;
      bar.querySelector("button").textContent = "Back to the book’s example";
      document.querySelector("main").prepend(bar);
    }
    bar.classList.toggle("proof-changed", names.length > 0);
    bar.querySelector("[data-reset]").hidden = names.length === 0;
    bar.hidden = names.length === 0 && !hasFields;
    const told = names.map((name) => {
      const { label, text, book } = inputs[name];
      if (refused[name]) return `${label}: ${refused[name]}`;
      const named = /\p{L}/u.test(text) ? text : `${label} ${text}`;
      return hasFields ? named : `${named} (book: ${book})`;
    });
    const status = bar.querySelector("[role=status]");
    status.textContent = names.length ? `Your values: ${told.join(", ")}. What follows from them is marked, on every page.` : "";
    for (const field of document.querySelectorAll("[data-input] input")) {
      const { input } = field.parentElement.dataset;
      field.parentElement.classList.toggle("proof-changed", input in inputs);
      field.ariaInvalid = input in refused ? "true" : null;
    }
  };

  // What computes waits for the next request, unless it failed.
  let worker;
  const compute = async (request) => {
    const module = await programs.load(data.follow);
    worker ??= programs.worker();
    try {
      return await new Promise((resolve, reject) => {
        const clock = setTimeout(() => reject(new Error(`Computing it took over ${LIMIT / 1000} s.`)), LIMIT);
        worker.onmessage = ({ data: answer }) => {
          clearTimeout(clock);
          if (answer.trouble) reject(new Error(answer.trouble));
          else resolve(answer);
        };
        worker.onerror = (event) => reject(new Error(event.message || "This browser can't compute it."));
        worker.postMessage({ follow: module, request: { prelude: proofPrelude, ...request } });
      });
    } catch (error) {
      worker.terminate();
      worker = undefined;
      throw error;
    }
  };

  // Only the newest changes are computed, and what was changed meanwhile comes next.
  let isBusy = false;
  let isAgain = false;
  let asked = 0;
  const update = async () => {
    if (!changes()) {
      asked++;
      show({});
      return;
    }
    if (!data.follow) return dim();
    if (isBusy) {
      isAgain = true;
      return;
    }
    isBusy = true;
    const own = ++asked;
    const sums = (page.sums ?? []).map((lines, number) => edited.get(number) ?? lines);
    const texts = Object.fromEntries(Object.entries(inputs).map(([name, { text }]) => [name, text]));
    try {
      const answer = await compute({ inputs: texts, page: { ...page, sums }, ran: Object.fromEntries(ran) });
      if (own === asked) show(answer);
    } catch (error) {
      if (own === asked) failed(error.message);
    }
    isBusy = false;
    if (isAgain) {
      isAgain = false;
      update();
    }
  };

  // Nothing was computed, so nothing stands as if it were.
  const failed = (why) => {
    const each = (list, told) => Object.fromEntries((list ?? []).map(({ number }, at) => [number ?? at, told]));
    const unknown = { unknown: why };
    show({
      sums: page.sums?.map((lines) => each(lines, unknown)),
      figures: each(page.figures, unknown),
      formulas: [...(page.formulas ?? []).keys()],
      claims: each(page.claims, ["silent"]),
      blocks: Object.keys(inputs).length > 0 ? each(page.blocks?.filter(({ literals }) => literals), {}) : {},
    });
  };

  return {
    update,
    // A block printed something with other values; nothing if it is as in the book again.
    ran(number, run) {
      const wasKnown = ran.has(number);
      if (run) ran.set(number, run);
      else if (!ran.delete(number)) return;
      if (run && !wasKnown) dim();
      update();
    },
    input(field) {
      const { input, unit, label } = field.parentElement.dataset;
      if (field.value.trim() === field.defaultValue) delete inputs[input];
      else inputs[input] = { label, text: field.value.trim() + unit, book: field.defaultValue + unit };
      keep();
      update();
    },
    reset() {
      inputs = {};
      keep();
      for (const field of document.querySelectorAll("[data-input] input")) field.value = field.defaultValue;
      update();
    },
    // Sums are edited as text; what keeps its name keeps the form of its result.
    edit(sums, text) {
      const number = Number(sums.dataset.sums);
      const own = page.sums[number];
      const name = (code) => /^\s*let\s+(\w+)/.exec(code)?.[1];
      const named = (code) => name(code) && own.find((line) => name(line.code) === name(code));
      const lines = text.split("\n").map((code) => own.find((line) => line.code === code) ?? { code, result: named(code)?.result ?? " " });
      const isSame = lines.length === own.length && lines.every((line, at) => line === own[at]);
      if (isSame) edited.delete(number);
      else edited.set(number, lines);
      update();
    },
  };
})();
