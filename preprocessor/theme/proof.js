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
