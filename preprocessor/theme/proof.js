// Long code is folded at first, and open on all pages once a reader opened some.
(() => {
  const key = "mdbook-proof-code";
  const folded = document.querySelectorAll(".proof-code:not([open])");
  // Storage can be forbidden; then nothing is remembered.
  const remembered = (choice) => {
    try {
      if (choice) localStorage.setItem(key, choice);
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const isOpen = remembered() === "open";
  for (const code of folded) {
    code.open = isOpen;
    // A click, also one by keyboard, comes before what it does.
    code.querySelector("summary").addEventListener("click", () => remembered(code.open ? "folded" : "open"));
  }
})();

// A picture that is shown smaller than it is, or scrolls, opens in its own size when it is tapped, or by Enter; a tap or Esc closes it.
(() => {
  const large = document.createElement("dialog");
  large.className = "proof-large";
  const button = document.createElement("button");
  button.textContent = "Close";
  // Arrows scroll it, and don't turn the page behind it.
  large.addEventListener("keydown", (event) => event.stopPropagation());
  const isSmall = (box) => {
    const shown = [...box.querySelectorAll("svg")].find((picture) => picture.getClientRects().length > 0);
    if (!shown) return false;
    return box.scrollWidth > box.clientWidth + 1 || shown.getBoundingClientRect().width < 0.95 * shown.width.baseVal.value;
  };
  const mark = () => {
    // All are measured before the first is changed.
    for (const [box, small] of [...document.querySelectorAll(".proof-picture")].map((box) => [box, isSmall(box)])) {
      if (small === box.classList.contains("proof-small")) continue;
      box.classList.toggle("proof-small", small);
      if (small) box.tabIndex = 0;
      box.title = small ? "Enlarge" : "";
    }
  };
  const open = (box) => {
    // Of two drawings, the wide one.
    const picture = box.querySelector("svg").cloneNode(true);
    large.replaceChildren(button, picture);
    large.ariaLabel = picture.querySelector("title")?.textContent ?? "Picture";
    document.body.append(large);
    // It gets the focus back.
    box.focus();
    large.showModal();
  };
  document.addEventListener("click", ({ target }) => {
    const box = target.closest(".proof-small");
    if (large.open) large.close();
    else if (box && !target.closest("a")) open(box);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches(".proof-small")) return;
    // Else the same key presses the button that then has the focus.
    event.preventDefault();
    open(event.target);
  });
  mark();
  addEventListener("resize", mark);
  document.addEventListener("toggle", mark, true);
})();

// What readers run and change is loaded once they do: the files of `.proof-data`. Inputs are kept for the visit; on disk, links carry them.
(() => {
  const data = document.querySelectorAll(".proof-data");
  // The page to print shows all pages as they are.
  if (data.length !== 1) return;
  const files = JSON.parse(data[0].textContent);
  const key = `proof-inputs ${new URL(path_to_root || ".", location).pathname}`;
  const inputs = () => {
    try {
      const carried = location.protocol === "file:" && new URLSearchParams(location.search).get("inputs");
      return JSON.parse(carried || sessionStorage.getItem(key)) ?? {};
    } catch {
      return {};
    }
  };
  globalThis.proofVisit = { key, inputs: inputs() };

  let ready;
  const load = () => {
    const one = (file) =>
      new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = path_to_root + file;
        script.onload = resolve;
        script.onerror = () => {
          ready = undefined;
          reject(new Error("What runs it could not be loaded. Check the connection, and try again."));
        };
        document.head.append(script);
      });
    // What the page knows comes first.
    ready ??= one(files[0]).then(() => one(files[1]));
    return ready;
  };
  const pass = ({ type, target }) => {
    const tell = ({ message }) => {
      const status = target?.closest(".proof-live")?.querySelector("[role=status]") ?? document.querySelector(".proof-inputs [role=status]");
      if (status) status.textContent = message;
    };
    load().then(() => proofLive({ type, target }), tell);
  };

  for (const form of document.querySelectorAll(".proof-live")) form.classList.add("proof-ready");

  // Sums are edited where they are.
  for (const sums of document.querySelectorAll("[data-sums]")) {
    const button = document.createElement("button");
    const says = ["Edit these sums", "Back to the book’s sums"];
    button.type = "button";
    button.textContent = says[0];
    const field = document.createElement("textarea");
    field.ariaLabel = "The sums, to edit";
    field.spellcheck = false;
    const text = [...sums.querySelectorAll("code")].map((line) => line.textContent).join("\n");
    field.rows = text.split("\n").length;
    button.addEventListener("click", () => {
      const isOpen = field.isConnected;
      button.textContent = says[isOpen ? 0 : 1];
      field.value = text;
      if (isOpen) {
        pass({ type: "input", target: field });
        // The event's place is found by the field.
        load().then(() => field.remove(), () => {});
      } else {
        button.before(field);
        field.focus();
        load().catch(() => {});
      }
    });
    sums.append(button);
  }

  // Inputs are a table of figures, each with a field for its number.
  for (const panel of document.querySelectorAll(".proof-inputs")) {
    panel.innerHTML = '<h3></h3><p>Change an input: every figure that follows from it moves, on every page of this visit.</p><p role="status"></p><p><button type="button" data-reset hidden>Back to the book’s example</button></p>';
    panel.querySelector("h3").textContent = panel.dataset.title;
    const table = panel.nextElementSibling;
    table.classList.add("proof-fields");
    panel.lastElementChild.before(table);
  }
  for (const figure of document.querySelectorAll(".proof-fields [data-input]")) {
    const [, number, unit] = figure.textContent.match(/^([-−]?[\d.,]+)(\D*)$/) ?? [];
    if (!number) continue;
    const { input } = figure.dataset;
    const label = figure.closest("tr").cells[0].textContent.trim();
    const field = document.createElement("input");
    const own = proofVisit.inputs[input]?.text;
    field.defaultValue = number;
    field.value = own?.endsWith(unit) ? own.slice(0, own.length - unit.length) : number;
    field.inputMode = "decimal";
    field.autocomplete = "off";
    field.ariaLabel = `${label}, ${unit.trim()}`.replace(/, $/, "");
    const box = document.createElement("span");
    Object.assign(box.dataset, { input, unit, label, book: number + unit });
    box.append(field, unit);
    figure.replaceWith(box);
  }

  for (const type of ["input", "change", "submit"]) {
    document.addEventListener(type, (event) => {
      if (!event.target.closest(".proof-live, [data-input], [data-sums]")) return;
      if (type === "submit") event.preventDefault();
      if (type === "change" && !event.target.closest(".proof-live")) return;
      pass(event);
    });
  }
  document.addEventListener("click", (event) => {
    if (!event.target.matches(".proof-live [type=reset], .proof-inputs [data-reset]")) return;
    event.preventDefault();
    pass({ type: "reset", target: event.target });
  });
  if (Object.keys(proofVisit.inputs).length > 0) pass({ type: "start" });
})();
