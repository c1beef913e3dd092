// Programs by their files: loaded by a script tag, so that it works from a folder on disk, unpacked and compiled once, and run in workers.
const programs = (() => {
  const loaded = new Map();
  const arrived = new Map();
  globalThis.proofProgram = (file, text) => arrived.get(file)(text);

  const unpacked = async (text) => {
    const binary = atob(text);
    const packed = new Uint8Array(binary.length);
    // `Uint8Array.from` takes many times as long, in which the page stands still.
    for (let at = 0; at < binary.length; at += 1) packed[at] = binary.charCodeAt(at);
    const bytes = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return WebAssembly.compile(await new Response(bytes).arrayBuffer());
  };

  const load = (file) => {
    if (!loaded.has(file)) {
      const text = new Promise((resolve, reject) => {
        arrived.set(file, resolve);
        const script = document.createElement("script");
        script.src = path_to_root + file;
        script.onerror = () => reject(new Error("Its program could not be loaded. Check the connection, and try again."));
        document.head.append(script);
      });
      const ready = text.then(unpacked);
      // The next click tries again.
      ready.catch(() => loaded.delete(file));
      loaded.set(file, ready);
    }
    return loaded.get(file);
  };

  const source = URL.createObjectURL(new Blob([proofWorker], { type: "text/javascript" }));
  return { load, worker: () => new Worker(source) };
})();
