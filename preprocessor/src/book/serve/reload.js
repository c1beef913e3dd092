(() => {
  const good = "GOOD";
  let seen = good;
  let asking = null;
  let panel = null;
  const show = (text) => {
    panel?.remove();
    panel = null;
    if (!text) return;
    panel = document.createElement("div");
    const root = panel.attachShadow({ mode: "open" });
    const box = document.createElement("section");
    box.setAttribute("role", "alert");
    box.style.cssText =
      "position:fixed;inset:auto 0 0 0;z-index:2147483647;max-height:60vh;overflow:auto;padding:1rem;" +
      "border-top:4px solid #d33;background:#1d1f21;color:#eee;text-align:start";
    const close = document.createElement("button");
    close.textContent = "Close";
    close.style.cssText = "float:right;font:14px sans-serif;padding:.3em .8em";
    close.onclick = () => show(null);
    const head = document.createElement("strong");
    head.textContent = "The last change didn't build. This is the page before it.";
    head.style.cssText = "font:bold 16px sans-serif";
    const pre = document.createElement("pre");
    pre.textContent = text;
    pre.tabIndex = 0;
    pre.style.cssText = "font:13px/1.4 monospace;white-space:pre-wrap;overflow-wrap:anywhere;margin:.8em 0 0";
    box.append(close, head, pre);
    root.append(box);
    document.body.append(panel);
  };
  const ask = async () => {
    if (asking || document.hidden) return;
    const call = (asking = new AbortController());
    let pause = 0;
    try {
      const answer = await fetch("/.serve/news?seen=" + encodeURIComponent(seen), { signal: call.signal });
      const news = await answer.json();
      if (news.good !== good) return location.reload();
      if (news.attempt !== seen) show(news.failure);
      seen = news.attempt;
    } catch {
      pause = 1000;
    }
    if (asking === call) asking = null;
    setTimeout(ask, pause);
  };
  // A browser keeps few connections to a host: only the page that is looked at waits on one.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      asking?.abort();
      asking = null;
    } else ask();
  });
  ask();
})();
