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

// What readers run in the page is loaded once they run something: `live/run.js`, and then the programs.
(() => {
  const data = document.querySelector(".proof-data");
  // The page to print has the blocks of all pages, and shows them as they are.
  if (!data || document.querySelectorAll(".proof-data").length > 1) return;
  const forms = document.querySelectorAll(".proof-live");
  for (const form of forms) form.classList.add("proof-ready");
  let script;
  const pass = (event) => {
    const form = event.target.closest(".proof-live");
    if (!form) return;
    if (event.type === "submit") event.preventDefault();
    if (globalThis.proofLive) return proofLive(event);
    if (!script) {
      script = document.createElement("script");
      script.src = path_to_root + JSON.parse(data.textContent).run;
      document.head.append(script);
      script.onerror = () => {
        form.querySelector("[role=status]").textContent = "What runs it could not be loaded. Check the connection, and try again.";
        script.remove();
        script = undefined;
      };
    }
    script.addEventListener("load", () => proofLive(event), { once: true });
  };
  for (const type of ["input", "change", "submit"]) document.addEventListener(type, pass);
  document.addEventListener("click", (event) => {
    if (event.target.matches(".proof-live [type=reset]")) {
      event.preventDefault();
      pass({ type: "reset", target: event.target });
    }
  });
})();
