// The control requests of PROTOCOL.md.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { DATABASES } from "./database.mjs";
import { Instance } from "./instance.mjs";
import { PLUGINS } from "./plugins.mjs";
import { Unsupported } from "./unsupported.mjs";

const { dependencies } = createRequire(import.meta.url)("../package.json");

/** Answers control requests until the process ends. Resolves to the address it listens at. */
export async function startControl({ host, port }) {
  const instances = new Map();
  let created = 0;

  async function dispatch(method, url, body) {
    const [, collection, id, verb] = url.pathname.split("/");
    if (method === "GET" && collection === "capabilities") {
      return [
        200,
        {
          implementation: "better-auth",
          version: dependencies["better-auth"],
          adapters: ["node"],
          databases: DATABASES,
          plugins: PLUGINS,
          clock: ["freeze"],
        },
      ];
    }
    if (collection !== "instances") return [404, { error: `no such request: ${url.pathname}` }];
    if (method === "POST" && !id) {
      const instance = await Instance.open(body);
      instance.id = `i${++created}`;
      instances.set(instance.id, instance);
      return [201, { id: instance.id, url: instance.url }];
    }

    const instance = instances.get(id);
    if (!instance) return [404, { error: `no such instance: ${id}` }];
    switch (`${method} ${verb ?? ""}`) {
      case "GET outbox": {
        const after = Number(url.searchParams.get("after") ?? 0);
        return [200, instance.outbox.filter((message) => message.seq > after)];
      }
      case "POST clock":
        instance.clock.move(body);
        return [204];
      case "POST call":
        return [200, await instance.call(body.operation, body.input)];
      case "DELETE ":
        instances.delete(id);
        await instance.close();
        return [204];
    }
    return [404, { error: `no such request: ${method} ${url.pathname}` }];
  }

  const server = createServer(async (req, res) => {
    const [status, answer] = await readJSON(req)
      .then((body) => dispatch(req.method, new URL(req.url, "http://control"), body))
      .catch((error) => {
        if (error instanceof Unsupported) return [422, { unsupported: error.paths }];
        console.error(error);
        return [400, { error: String(error?.message ?? error) }];
      });
    res.writeHead(status, { "content-type": "application/json" });
    res.end(answer === undefined ? undefined : JSON.stringify(answer));
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
  return `http://${host}:${server.address().port}`;
}

async function readJSON(req) {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString() || "{}");
}
