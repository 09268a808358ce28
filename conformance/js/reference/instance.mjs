// One auth instance behind its own listener.
import { createServer } from "node:http";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { fromNodeHeaders, toNodeHandler } from "better-auth/node";
import { Clock } from "./clock.mjs";
import { currentScope, inScope, settle } from "./context.mjs";
import { openDatabase } from "./database.mjs";
import { fastHasher } from "./password.mjs";
import { buildPlugins } from "./plugins.mjs";
import { revive } from "./revive.mjs";
import { openSecondaryStorage } from "./secondary.mjs";
import { Unsupported } from "./unsupported.mjs";

const MEMBERS = new Set(
  "adapter database migrate secondaryStorage passwordHasher compat outbound options plugins".split(" "),
);

export class Instance {
  clock = new Clock();
  outbox = [];
  #closers = [];

  /** Builds and starts an instance; nothing of it is left behind if that fails. */
  static async open(description) {
    const unknown = Object.keys(description).filter((name) => !MEMBERS.has(name));
    if (unknown.length > 0) throw new Unsupported(unknown);
    const instance = new Instance();
    try {
      // In scope, as plugins fetch already while they are set up.
      await inScope(instance, () => instance.#open(description));
    } catch (error) {
      await instance.close();
      throw error;
    }
    return instance;
  }

  async #open(description) {
    const server = createServer((req, res) => this.#serve(req, res));
    await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
    this.#closers.push(() => {
      server.close();
      server.closeAllConnections();
    });
    this.url = `http://127.0.0.1:${server.address().port}`;
    this.outbound = description.outbound ?? null;

    const record = (callback, args) => this.outbox.push({ seq: this.outbox.length + 1, callback, args });
    const db = await openDatabase(description.database);
    this.#closers.push(() => db.close());
    const storage = await openSecondaryStorage(description.secondaryStorage, {
      record,
      onClose: (close) => this.#closers.push(close),
    });

    this.auth = betterAuth(this.#options(description, record, db.database, storage));
    if (description.migrate !== false) {
      await (await getMigrations(this.auth.options)).runMigrations();
    }
    await this.auth.$context; // reports a bad configuration now and not with the first request
    this.handler = toNodeHandler(this.auth);
  }

  #options(description, record, database, secondaryStorage) {
    const given = revive(description.options ?? {}, "", record);
    const options = {
      secret: "testbed-default-secret-0123456789-0123456789",
      baseURL: this.url,
      rateLimit: { enabled: false },
      telemetry: { enabled: false },
      ...given,
      plugins: buildPlugins(description.plugins, record),
      database,
      ...(secondaryStorage && { secondaryStorage }),
    };
    if (description.passwordHasher === "fast") {
      options.emailAndPassword = { ...given.emailAndPassword, password: fastHasher };
    }
    // What runs in the background must have run when the answer is out.
    options.advanced = {
      backgroundTasks: { handler: (task) => void currentScope()?.pending.push(task) },
      ...given.advanced,
    };
    return options;
  }

  #serve(req, res) {
    return inScope(this, async (scope) => {
      const end = res.end.bind(res);
      res.end = (...args) => {
        settle(scope).then(() => end(...args));
        return res;
      };
      try {
        const path = req.url.split("?", 1)[0];
        if (path === "/ping") res.end("pong");
        else if (path === "/me") await this.#me(req, res);
        else await this.handler(req, res);
      } catch (error) {
        // An app's framework would do the same with a handler that throws.
        console.error(error);
        if (!res.headersSent) res.writeHead(500);
        res.end();
      }
    });
  }

  /** The app's own protected route. */
  async #me(req, res) {
    const session = await this.auth.api.getSession({ headers: fromNodeHeaders(req.headers) });
    res.writeHead(session ? 200 : 401, { "content-type": "application/json" });
    res.end(JSON.stringify(session ? { userId: session.user.id } : { message: "Unauthorized" }));
  }

  /** Calls an endpoint without HTTP in between: { status, headers, body }. */
  call(operation, input = {}) {
    return inScope(this, async (scope) => {
      const endpoint = Object.hasOwn(this.auth.api, operation) && this.auth.api[operation];
      if (!endpoint) return { status: 404, headers: [], body: { code: "NO_SUCH_OPERATION", message: operation } };
      try {
        const { response, headers, status } = await endpoint({
          ...input,
          ...(input.headers && { headers: new Headers(input.headers) }),
          asResponse: false,
          returnHeaders: true,
          returnStatus: true,
        });
        return { status: status ?? 200, headers: [...(headers ?? [])], body: response ?? null };
      } catch (error) {
        if (error?.name !== "APIError") console.error(error);
        return {
          status: error?.statusCode ?? 500,
          headers: [...new Headers(error?.headers)],
          body: error?.body ?? null,
        };
      } finally {
        await settle(scope);
      }
    });
  }

  /** Ends the listener, its connections, and the database handle. */
  async close() {
    for (const close of this.#closers.splice(0).reverse()) await close();
  }
}
