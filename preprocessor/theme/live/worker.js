// Runs programs with the few calls of WASI that they make: a block's at a point, and then the one that shows what it printed.
"use strict";

// How much a run may print, in bytes.
const MOST = 4 << 20;
const EBADF = 8;
const ENOSYS = 52;
class Exit extends Error {}
const run = (module, words, input) => {
  const encoder = new TextEncoder();
  const strings = words.map((word) => encoder.encode(`${word}\0`));
  const printed = [null, [], []];
  let left = MOST;
  let given = encoder.encode(input);
  let memory;
  const view = () => new DataView(memory.buffer);
  const bytes = (at, length) => new Uint8Array(memory.buffer, at, length);
  // Calls `each` with each of the buffers, until it says that it has no more.
  const buffers = (at, count, done, each) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const start = view().getUint32(at + 8 * i, true);
      const length = view().getUint32(at + 8 * i + 4, true);
      sum += each(bytes(start, length));
    }
    view().setUint32(done, sum, true);
    return 0;
  };
  const known = {
    args_sizes_get: (count, size) => {
      view().setUint32(count, strings.length, true);
      view().setUint32(size, strings.reduce((sum, one) => sum + one.length, 0), true);
      return 0;
    },
    args_get: (pointers, at) => {
      for (const [number, one] of strings.entries()) {
        view().setUint32(pointers + 4 * number, at, true);
        bytes(at, one.length).set(one);
        at += one.length;
      }
      return 0;
    },
    environ_sizes_get: (count, size) => {
      view().setUint32(count, 0, true);
      view().setUint32(size, 0, true);
      return 0;
    },
    environ_get: () => 0,
    fd_write: (file, at, count, done) => {
      if (!printed[file]) return EBADF;
      return buffers(at, count, done, (part) => {
        left -= part.length;
        if (left < 0) throw new Exit("It printed more than can be shown.");
        printed[file].push(part.slice());
        return part.length;
      });
    },
    fd_read: (file, at, count, done) => {
      if (file !== 0) return EBADF;
      return buffers(at, count, done, (part) => {
        const next = given.subarray(0, part.length);
        part.set(next);
        given = given.subarray(next.length);
        return next.length;
      });
    },
    random_get: (at, length) => {
      crypto.getRandomValues(bytes(at, length));
      return 0;
    },
    clock_time_get: (_id, _precision, at) => {
      view().setBigUint64(at, BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e6)), true);
      return 0;
    },
    fd_prestat_get: () => EBADF,
    proc_exit: (status) => {
      throw Object.assign(new Exit(), { status });
    },
  };
  const imports = { wasi_snapshot_preview1: {} };
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = known[name] ?? (() => ENOSYS);
  }
  let status = 0;
  let trouble;
  try {
    const { exports } = new WebAssembly.Instance(module, imports);
    memory = exports.memory;
    exports._start();
  } catch (error) {
    status = error.status ?? null;
    // A panic says what it is by itself, and then traps.
    if (status === null && !(error instanceof WebAssembly.RuntimeError && printed[2].length > 0)) trouble = error.message;
  }
  const [out, said] = printed.slice(1).map((parts) => {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return new TextDecoder().decode(whole);
  });
  return { status, trouble, out, said };
};
// What a block printed between the marks around its point.
const between = (text, mark) => {
  const start = text.indexOf(`${mark} 0\n`);
  const rest = start < 0 ? text : text.slice(start + mark.length + 3);
  const end = rest.lastIndexOf(`${mark} end\n`);
  return end < 0 ? rest : rest.slice(0, end);
};
// What a block prints at a point, or why it can't tell.
const atPoint = (block, module, point) => {
  const mark = `run-${crypto.getRandomValues(new Uint32Array(4)).join("-")}`;
  const ran = run(block, ["block", module, mark, point], "");
  const refused = ran.out.match(new RegExp(`${mark} refused (\\d+) (\\S+) (.*)`));
  const trouble = ran.trouble ?? (refused && `It can't take ${refused[3]} as ${refused[2]}.`);
  return { trouble, stdout: between(ran.out, mark), stderr: between(ran.said, mark), success: ran.status === 0 };
};
// What a program of our own answers to a request, or why it can't.
const answered = (program, name, request) => {
  const ran = run(program, [name], JSON.stringify(request));
  return ran.status === 0 ? JSON.parse(ran.out) : { trouble: ran.trouble ?? ran.said };
};
onmessage = ({ data: { follow, request, block, show, module, point, queries, view } }) => {
  if (follow) {
    postMessage(answered(follow, "follow", request));
    return;
  }
  const start = performance.now();
  const { trouble, ...printed } = queries ? answered(block, "query", { blocks: queries }) : atPoint(block, module, point);
  const time = performance.now() - start;
  if (trouble) {
    postMessage({ time, trouble });
    return;
  }
  const answer = answered(show, "show", { view, ...printed });
  // What a block says as it fails is compared too, where it has to fail.
  const compared = view.fails ? answer.text : printed.stdout;
  postMessage({ time, bytes: new TextEncoder().encode(compared).length, ...answer });
};
