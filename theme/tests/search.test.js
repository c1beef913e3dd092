// The book's search: what people type, and the page that has to be among the first five.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import vm from "node:vm";
import { root } from "./book.js";

const FIRST = 5;

/** What is typed, and the pages that answer it; one of them has to be found. */
const QUERIES = {
  "2pc": ["consensus/two-phase-commit"],
  acid: ["relational/isolation", "storage/choosing"],
  "active passive": ["balancing/pairs"],
  async: ["queues/asynchronous"],
  "at least once": ["queues/delivery"],
  autoscaling: ["balancing/scaling"],
  "b-tree": ["storage/btree"],
  "back of the envelope": ["capacity/estimation"],
  backpressure: ["queues/back-pressure"],
  "bloom filter": ["storage/bloom"],
  bulkhead: ["queues/bulkheads"],
  "cache aside": ["caching/aside"],
  "cache invalidation": ["caching/invalidation"],
  "cap theorem": ["consensus/cap"],
  cdn: ["edge/cdn"],
  celebrity: ["cases/timelines", "cases/growth", "caching/hot-keys", "partitioning/hot-keys"],
  "chain replication": ["replication/chain"],
  "chat system": ["cases/chat"],
  "circuit breaker": ["queues/circuit-breaker"],
  "column store": ["storage/layout", "storage/models"],
  "consistent hashing": ["partitioning/ring"],
  "consumer group": ["queues/log"],
  "content delivery network": ["edge/cdn"],
  cqrs: ["storage/events", "relational/timelines"],
  crdt: ["replication/crdts"],
  cron: ["processing/jobs", "queues/timers"],
  "dead letter queue": ["queues/redelivery"],
  deadlock: ["relational/deadlock"],
  denormalization: ["relational/counters", "relational/normal-forms"],
  "design twitter": ["cases/timelines", "cases/assembled"],
  "dns lookup": ["edge/resolver"],
  "event sourcing": ["storage/events"],
  "eventual consistency": ["replication/index", "replication/primary", "replication/sessions", "replication/quorums", "consensus/cap"],
  "exactly once": ["queues/delivery"],
  "exponential backoff": ["queues/retries"],
  failover: ["availability/failover"],
  "fan-out on write": ["cases/timelines"],
  "feature flags": ["services/mesh"],
  federation: ["partitioning/federation"],
  "five nines": ["availability/nines"],
  geohash: ["storage/spatial"],
  "gossip protocol": ["replication/gossip"],
  hateoas: ["services/hypermedia"],
  heartbeat: ["availability/heartbeats"],
  "horizontal scaling": ["method/scaling"],
  "hot partition": ["partitioning/hot-keys"],
  hyperloglog: ["processing/distinct"],
  idempotency: ["queues/delivery"],
  "inverted index": ["storage/inverted"],
  jwt: ["services/tokens"],
  kafka: ["queues/log"],
  "latency numbers every programmer should know": ["latency/numbers"],
  "leader election": ["consensus/raft-election", "consensus/coordination"],
  "least connections": ["balancing/rules"],
  "little's law": ["latency/little"],
  "load balancer": ["balancing/index", "balancing/rules", "balancing/layers"],
  "long polling": ["services/push"],
  "lru cache": ["caching/lru"],
  "lsm tree": ["storage/lsm"],
  lww: ["replication/conflicts"],
  mapreduce: ["processing/mapreduce"],
  "merkle tree": ["replication/merkle"],
  "message queue": ["queues/index", "queues/asynchronous", "queues/log", "queues/redelivery"],
  microservices: ["services/tiers", "services/discovery", "services/mesh"],
  mvcc: ["relational/isolation"],
  "news feed": ["cases/timelines"],
  "nosql vs sql": ["storage/choosing"],
  oauth: ["services/tokens"],
  "optimistic locking": ["relational/offline-locks"],
  owasp: ["services/input"],
  pagination: ["relational/paging"],
  paxos: ["consensus/paxos"],
  percentile: ["latency/percentiles"],
  "power of two choices": ["balancing/two-choices"],
  "pub sub": ["queues/log", "queues/asynchronous", "services/push"],
  qps: ["capacity/rates"],
  quadtree: ["storage/spatial"],
  quorum: ["replication/quorums"],
  raft: ["consensus/raft-election"],
  raid: ["availability/raid"],
  "rate limiter": ["queues/rate-limits"],
  rdbms: ["relational/index", "storage/choosing"],
  "read replica": ["replication/primary"],
  "read repair": ["replication/repair"],
  "reverse proxy": ["edge/proxies"],
  "round robin": ["balancing/rules", "edge/round-robin"],
  saga: ["consensus/sagas"],
  "service discovery": ["services/discovery"],
  "service mesh": ["services/mesh"],
  sharding: ["partitioning/index", "partitioning/shard-key"],
  "single point of failure": ["availability/combining"],
  "split brain": ["availability/split-brain"],
  "sql injection": ["relational/injection"],
  "sticky sessions": ["balancing/sessions"],
  "tail latency": ["latency/tail"],
  "tcp vs udp": ["services/transport"],
  "thundering herd": ["caching/stampede"],
  throttling: ["queues/rate-limits"],
  tinyurl: ["cases/shortener", "capacity/url-shortener"],
  tls: ["services/handshake"],
  "token bucket": ["queues/rate-limits"],
  ttl: ["caching/jitter", "edge/cdn", "edge/resolver", "edge/round-robin"],
  "url shortener": ["cases/shortener"],
  "vector clock": ["replication/clocks", "replication/versions"],
  "virtual nodes": ["partitioning/ring", "partitioning/points"],
  wal: ["storage/wal"],
  watermark: ["processing/windows"],
  "web crawler": ["cases/crawler"],
  websocket: ["services/push"],
  "write amplification": ["storage/lsm", "storage/btree"],
  "write back": ["caching/write-behind"],
  "write through": ["caching/writing"],
  xss: ["services/input"],
  "youtube design": ["cases/video", "capacity/video"],
  zookeeper: ["consensus/coordination"],
};

/** The search as the page has it: its own library, index and settings. */
function search() {
  const text = (start) => {
    const name = readdirSync(root).find((name) => name.startsWith(start) && name.endsWith(".js"));
    return readFileSync(join(root, name), "utf8");
  };
  const window = { search: {} };
  const context = vm.createContext({ window });
  vm.runInContext(text("elasticlunr-"), context);
  vm.runInContext(text("searchindex-"), context);
  const { index, search_options, results_options, doc_urls } = window.search;
  const loaded = vm.runInContext("elasticlunr", context).Index.load(index);
  return (query) => {
    const found = loaded.search(query, search_options).slice(0, results_options.limit_results);
    return [...new Set(found.map(({ ref }) => doc_urls[ref].replace(/\.html.*/, "")))];
  };
}

test("what people type leads to its page among the first five", () => {
  const find = search();
  const missed = Object.entries(QUERIES).flatMap(([query, pages]) => {
    const first = find(query).slice(0, FIRST);
    return first.some((page) => pages.includes(page)) ? [] : [`${query}: ${first.join(", ") || "nothing"}`];
  });
  assert.deepEqual(missed, [], `${missed.length} of ${Object.keys(QUERIES).length}`);
});
