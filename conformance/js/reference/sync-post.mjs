// The worker behind a synchronous webhook: posts, leaves the answer, wakes the caller.
import { workerData } from "node:worker_threads";

const { url, body, signal, port } = workerData;
try {
  const res = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  port.postMessage({ value: JSON.parse((await res.text()) || "{}") });
} catch (error) {
  port.postMessage({ failure: String(error) });
}
Atomics.store(signal, 0, 1);
Atomics.notify(signal, 0);
