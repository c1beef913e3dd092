// Runs the blocks of a page in the reader's browser, with the program that ran when the book was built.
//
// Loaded once the reader runs something. A program is a script too, so that it works from a folder on disk; it is unpacked here and
// runs in a worker, anew each time, until it ends or takes too long.
(() => {
  "use strict";

  // How long a run may take where its block doesn't say it, how long one may go on although the reader has turned a knob since, and after
  // what time it is said that a run takes long, in milliseconds.
  const LIMIT = 10_000;
  const PATIENCE = 200;
  const LONG = 1000;

  const data = JSON.parse(document.querySelector(".proof-data").textContent);
  const blocks = new Map(data.blocks.map((block) => [String(block.number), block]));

  // Programs by their files: unpacked and compiled once, by the script that calls `proofProgram`.
  const programs = new Map();
  const arrived = new Map();
  globalThis.proofProgram = (file, text) => arrived.get(file)(text);
  const unpacked = async (text) => {
    const packed = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const bytes = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return WebAssembly.compile(await new Response(bytes).arrayBuffer());
  };
  const program = (file) => {
    if (!programs.has(file)) {
      const text = new Promise((resolve, reject) => {
        arrived.set(file, resolve);
        const script = document.createElement("script");
        script.src = path_to_root + file;
        script.onerror = () => reject(new Error("Its program could not be loaded. Check the connection, and try again."));
        document.head.append(script);
      });
      const ready = text.then(unpacked);
      // The next click tries again.
      ready.catch(() => programs.delete(file));
      programs.set(file, ready);
    }
    return programs.get(file);
  };

  const source = URL.createObjectURL(new Blob([proofWorker], { type: "text/javascript" }));

  // The numbers of the blocks that the reader runs with other values, and what the page has of them besides their outputs: it is about
  // the verified runs, and says so.
  const changed = new Set();
  const readers = [...document.querySelectorAll("[data-reads]")].map((part) => ({
    part,
    blocks: part.dataset.reads.split(" "),
    said: part.getAttribute("aria-description"),
    input: part.querySelector("input"),
    name: part.querySelector("input")?.ariaLabel,
  }));
  const dim = (block, isChanged) => {
    changed[isChanged ? "add" : "delete"](block);
    for (const { part, blocks, said, input, name } of readers) {
      const isOther = blocks.some((one) => changed.has(one));
      part.classList.toggle("proof-other", isOther);
      if (said) part.setAttribute("aria-description", isOther ? `For the verified run: ${said}` : said);
      if (input) {
        input.ariaLabel = isOther ? `${name}; not tried at your values` : name;
        part.nextElementSibling.classList.toggle("proof-other", isOther);
      }
    }
  };

  // A block and its form, as the reader has them.
  class Figure {
    constructor(form) {
      this.form = form;
      this.block = blocks.get(form.dataset.block);
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
        const [block, show] = await Promise.all([program(this.block.program), program(data.show)]);
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
      this.show(answer, settings);
      if (this.again) this.run();
    }

    work(message) {
      return new Promise((resolve, reject) => {
        this.worker = this.spare ?? new Worker(source);
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

    show(answer, settings) {
      const isChanged = settings.length > 0;
      const { html, same, trouble, failed, problem } = answer;
      if (same && !isChanged) {
        this.asInBook();
        this.figure.dataset.state = "same";
        this.say(`Your browser printed the same ${answer.bytes.toLocaleString("en")} bytes, in ${Math.ceil(answer.time)} ms.`);
        return;
      }
      this.figure.dataset.state = "yours";
      dim(this.form.dataset.block, true);
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
      this.mark.textContent = this.book.mark;
      this.undo.hidden = true;
      dim(this.form.dataset.block, false);
      delete this.figure.dataset.state;
    }

    reset() {
      this.stop();
      this.again = false;
      this.form.reset();
      for (const knob of this.knobs) {
        delete knob.dataset.moved;
        this.label(knob);
      }
      this.asInBook();
      this.say("");
      this.form.querySelector("button").focus();
    }
  }

  const figures = new Map();
  // What the page's own script calls with the event of a form that it waited for this with.
  globalThis.proofLive = (event) => {
    const form = event.target.closest(".proof-live");
    const figure = figures.get(form) ?? new Figure(form);
    figures.set(form, figure);
    switch (event.type) {
      case "input":
        event.target.dataset.moved = "";
        figure.dragging = true;
        figure.label(event.target);
        // A query is run once it is whole.
        if (!event.target.matches("textarea")) figure.run();
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
})();
