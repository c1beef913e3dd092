// Runs the blocks of a page in the reader's browser, with the program that ran when the book was built.

// How long a run may take where its block doesn't say it, how long one may go on although the reader has turned a knob since, and after
// what time it is said that a run takes long, in milliseconds.
const LIMIT = 10_000;
const PATIENCE = 200;
const LONG = 1000;

// What a panel is called that shows the book's example although the reader has other inputs.
const BOOKS = "Verified, with the book’s inputs";

const sheet = new CSSStyleSheet();
sheet.replaceSync(proofStyle);
document.adoptedStyleSheets.push(sheet);

const blocks = new Map(data.blocks.map((block) => [block.number, block]));

// A block and its form, as the reader has them.
class Figure {
  constructor(form) {
    this.form = form;
    this.number = Number(form.dataset.block);
    this.block = blocks.get(this.number);
    this.figure = form.closest(".proof-output");
    this.stage = form.previousElementSibling;
    this.printed = form.parentElement.querySelector(".proof-text code");
    this.mark = this.figure.querySelector(".proof-verified");
    this.status = form.querySelector("[role=status]");
    this.undo = form.querySelector("[type=reset]");
    this.knobs = [...form.querySelectorAll("[name]")];
    this.book = {
      stage: [...this.stage.childNodes],
      printed: this.printed?.textContent,
      mark: this.mark.textContent,
    };
  }

  // What a knob is set to; nothing where it is as in the book.
  static setting(knob) {
    if (knob.matches("textarea")) return knob.value === knob.defaultValue ? "" : knob.value;
    if (knob.matches("select")) return knob.selectedOptions[0].defaultSelected ? "" : knob.value;
    // A list's slider begins at its first step, which can be set too.
    const isFree = knob.dataset.book === "as listed" && knob.dataset.moved !== undefined;
    if (Number(knob.value) === Number(knob.defaultValue) && !isFree) return "";
    if (!knob.dataset.log) return Number(knob.value).toFixed(knob.step.split(".")[1]?.length ?? 0);
    const [from, to, decimals] = knob.dataset.log.split(" ").map(Number);
    return (from * (to / from) ** (knob.value / 1000)).toFixed(decimals);
  }

  // The settings that differ from the book's, by the names of the block's parameters.
  settings() {
    const all = this.knobs.map((knob) => [knob.name, Figure.setting(knob)]);
    return Object.fromEntries(all.filter(([, setting]) => setting !== ""));
  }

  // The settings of the point, in the order of the block's parameters.
  point() {
    return this.knobs.map(Figure.setting).join("\u001f");
  }

  // What a worker runs: the block at a point, or the queries of the page up to the one that may be edited.
  job() {
    const { module, query, view } = this.block;
    if (query === undefined) return { module, point: this.point(), view };
    const text = Figure.setting(this.knobs[0]) || data.queries[query].text;
    const queries = [...data.queries.slice(0, query), { ...data.queries[query], text }];
    return { queries, view };
  }

  label(knob) {
    const setting = Figure.setting(knob);
    if (knob.matches("[type=range]")) {
      const text = setting || knob.dataset.book;
      knob.previousElementSibling.textContent = text;
      knob.ariaValueText = text;
    }
    knob.parentElement.classList.toggle("proof-changed", setting !== "");
  }

  // Runs the block, unless it runs already: then it runs again with the newest settings, at once if it takes long.
  run() {
    if (this.worker) {
      this.again = true;
      if (performance.now() - this.since > PATIENCE) this.stop();
      else return;
    }
    this.again = false;
    this.start();
  }

  async start() {
    const job = this.job();
    const point = this.settings();
    const settings = this.knobs.filter((knob) => Figure.setting(knob) !== "").map((knob) => this.told(knob));
    const own = (this.turn = {});
    this.since = performance.now();
    this.figure.dataset.running = "";
    // What came while the programs were loaded began one each.
    clearTimeout(this.slow);
    this.slow = setTimeout(() => {
      this.say("Running …");
      this.slow = setTimeout(() => this.say("Running … This block takes some seconds."), LONG - PATIENCE);
    }, PATIENCE);
    let answer;
    try {
      const [block, show] = await Promise.all([programs.load(this.block.program), programs.load(data.show)]);
      if (this.turn !== own) return;
      answer = await this.work({ block, show, ...job });
    } catch (error) {
      if (this.turn !== own) return;
      // Nothing ran, so what the page shows stays.
      this.stop();
      this.say(error.message);
      return;
    }
    if (this.turn !== own) return;
    this.stop();
    // A drag goes on: the newest settings are shown next, and these as well.
    this.show(answer, settings, point);
    if (this.again) this.run();
  }

  work(message) {
    return new Promise((resolve, reject) => {
      this.worker = this.spare ?? programs.worker();
      this.spare = undefined;
      this.since = performance.now();
      const limit = this.block.limit ? this.block.limit * 1000 : LIMIT;
      this.clock = setTimeout(() => {
        this.halt();
        resolve({ trouble: `It was stopped after ${limit / 1000} s.` });
      }, limit);
      this.worker.onmessage = ({ data: answer }) => {
        // It waits for the next run.
        this.spare = this.worker;
        this.worker = undefined;
        resolve(answer);
      };
      this.worker.onerror = (event) => reject(new Error(event.message || "This browser can't run it."));
      this.worker.postMessage(message);
    });
  }

  halt() {
    this.worker?.terminate();
    this.worker = undefined;
  }

  stop() {
    this.turn = undefined;
    clearTimeout(this.clock);
    clearTimeout(this.slow);
    this.halt();
    delete this.figure.dataset.running;
  }

  // Changes what is read out at the end of a drag only.
  say(text) {
    clearTimeout(this.saying);
    this.saying = setTimeout(() => (this.status.textContent = text), this.dragging ? 400 : 0);
  }

  show(answer, settings, point) {
    const isChanged = settings.length > 0;
    const { html, same, trouble, failed, problem } = answer;
    if (same && !isChanged) {
      this.asInBook();
      this.figure.dataset.state = "same";
      this.say(`Your browser printed the same ${answer.bytes.toLocaleString("en")} bytes, in ${Math.ceil(answer.time)} ms.`);
      return;
    }
    this.figure.dataset.state = "yours";
    follow.ran(this.number, { point, printed: failed || trouble ? null : answer.text });
    const why = html === undefined ? "it gave no result here" : "your browser printed something else";
    this.mark.textContent = `Not verified: ${isChanged ? "run here with your values" : why}`;
    const parts = document.createElement("template");
    if (html !== undefined) parts.innerHTML = html;
    for (const text of [failed, trouble, problem && `No picture can be drawn of it: ${problem}.`]) {
      if (!text) continue;
      const said = document.createElement("pre");
      said.className = "proof-trouble";
      said.textContent = text;
      parts.content.append(said);
    }
    this.put(parts.content);
    if (this.printed) this.printed.textContent = answer.text ?? "";
    this.undo.hidden = false;
    const end = failed ? "It stopped with an error." : (trouble ?? `It ran in ${Math.ceil(answer.time)} ms.`);
    this.say([settings.join(", "), end].filter(Boolean).join(". "));
  }

  // What scrolls or is shown small there is found and marked as when a fold opens.
  put(...parts) {
    this.stage.replaceChildren(...parts);
    this.stage.dispatchEvent(new Event("toggle"));
  }

  // A changed knob in words.
  told(knob) {
    if (knob.matches("textarea")) return "The query is yours";
    const name = knob.parentElement.querySelector("span").textContent;
    const book = knob.dataset.book ?? [...knob.options].find((option) => option.defaultSelected).textContent;
    return `${name} ${Figure.setting(knob)} (${book === "as listed" ? "besides those listed" : `book: ${book}`})`;
  }

  asInBook() {
    this.put(...this.book.stage);
    if (this.printed) this.printed.textContent = this.book.printed;
    this.mark.textContent = this.isBooks ? BOOKS : this.book.mark;
    this.undo.hidden = true;
    follow.ran(this.number);
    delete this.figure.dataset.state;
  }

  // With the reader's inputs the block would run with other numbers. Those that are knobs are set; with any other number, what it shows is
  // about the book's example.
  move(moved) {
    const settings = JSON.stringify(moved?.settings ?? {});
    const isSet = settings === this.moved;
    if (!isSet && this.moved) this.restore();
    this.moved = settings === "{}" ? undefined : settings;
    let isBooks = moved !== undefined && !moved.settings;
    for (const [name, setting] of Object.entries(isSet ? {} : (moved?.settings ?? {}))) {
      const knob = this.knobs.find((knob) => knob.name === name);
      Figure.set(knob, setting);
      this.label(knob);
      isBooks ||= Number(Figure.setting(knob)) !== Number(setting);
    }
    this.isBooks = isBooks;
    this.figure.classList.toggle("proof-books", isBooks);
    if (isBooks && this.moved) this.restore();
    else if (this.figure.dataset.state !== "yours") this.mark.textContent = isBooks ? BOOKS : this.book.mark;
    if (this.moved && !isSet && !isBooks) this.run();
  }

  static set(knob, setting) {
    knob.dataset.moved = "";
    if (!knob.dataset.log) {
      knob.value = setting;
      return;
    }
    const [from, to] = knob.dataset.log.split(" ").map(Number);
    knob.value = (1000 * Math.log(setting / from)) / Math.log(to / from);
  }

  // Everything as in the book.
  restore() {
    this.stop();
    this.again = false;
    this.form.reset();
    for (const knob of this.knobs) {
      delete knob.dataset.moved;
      this.label(knob);
    }
    this.asInBook();
    this.say("");
  }

  reset() {
    this.restore();
    this.form.querySelector("button").focus();
  }
}

const figures = new Map();
for (const form of document.querySelectorAll(".proof-live")) figures.set(form, new Figure(form));

// What the page's own script calls with each event that it waited for this with.
globalThis.proofLive = ({ type, target }) => {
  if (type === "start") return follow.update();
  if (target.closest("[data-reset]")) return follow.reset();
  if (target.closest("[data-input]")) return follow.input(target);
  const sums = target.closest("[data-sums]");
  if (sums) return follow.edit(sums, target.value);
  const figure = figures.get(target.closest(".proof-live"));
  switch (type) {
    case "input":
      target.dataset.moved = "";
      figure.dragging = true;
      figure.label(target);
      // A query is run once it is whole.
      if (!target.matches("textarea")) figure.run();
      break;
    case "change":
      figure.dragging = false;
      break;
    case "submit":
      figure.dragging = false;
      figure.run();
      break;
    case "reset":
      figure.reset();
      break;
  }
};
