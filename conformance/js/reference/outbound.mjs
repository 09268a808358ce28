// Sends what an instance fetches from the outside world to its `outbound`
// origin instead, naming the address that was meant in X-Original-Url.
import { currentScope } from "./context.mjs";

const realFetch = globalThis.fetch;

globalThis.fetch = async function fetch(input, init) {
  const outbound = currentScope()?.instance.outbound;
  if (!outbound) return realFetch(input, init);

  const request = new Request(input, init);
  const meant = new URL(request.url);
  const headers = new Headers(request.headers);
  headers.set("x-original-url", request.url);
  const hasBody = request.method !== "GET" && request.method !== "HEAD";
  return realFetch(new URL(meant.pathname + meant.search, outbound), {
    method: request.method,
    headers,
    body: hasBody ? await request.arrayBuffer() : undefined,
    redirect: "manual",
    signal: request.signal,
  });
};
