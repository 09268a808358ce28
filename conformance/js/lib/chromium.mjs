// A real browser: Debian's Chromium, driven by playwright-core.
//
//   CHROMIUM   its executable (default: /usr/bin/chromium)
import { existsSync, realpathSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const EXECUTABLE = process.env.CHROMIUM ?? "/usr/bin/chromium";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Names of their own make sites of their own, all on this machine, and nothing else is looked up.
  "--host-resolver-rules=MAP *.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/** Why there is no browser, or undefined. In CI there has to be one. */
export const lacking = existsSync(EXECUTABLE) || process.env.CI === "true" ? undefined : `${EXECUTABLE} is missing (CHROMIUM)`;

/** Starts Chromium with a profile of its own: { browser, close() }. */
export async function startChromium() {
  const { chromium } = await import("playwright-core");
  const profile = await mkdtemp(join(tmpdir(), "cardea-chromium-"));
  const args = [...FLAGS, `--crash-dumps-dir=${profile}`];
  const browser = await chromium.launch({ executablePath: EXECUTABLE, headless: true, args });
  return {
    browser,
    close: async () => {
      await browser.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

// The real path: the folder may be a link, and resolved names have none.
const MODULES = `${realpathSync(fileURLToPath(new URL("../node_modules", import.meta.url)))}/`;

/** The URL of a module of an npm package below /modules/. */
const moduleURL = (specifier) => `/modules/${fileURLToPath(import.meta.resolve(specifier)).slice(MODULES.length)}`;

/** npm's files as they are, with the names of packages in them replaced by their URLs. */
async function moduleText(path) {
  const text = await readFile(MODULES + path, "utf8");
  return text.replace(/\b(from|import)(\s*\(?\s*)(["'])([^"'./][^"']*)\3/g, (_, keyword, between, quote, name) => {
    return `${keyword}${between}${quote}${moduleURL(name)}${quote}`;
  });
}

const pageText = (buttons) => `<!doctype html>
<title>app</title>
<script>process = { env: { NODE_ENV: "production" } } // which bundlers put in</script>
<p id="user"></p>
${Object.entries(buttons).map(([name, code]) => `<button onclick="${code.replaceAll('"', "&quot;")}">${name}</button>`).join("\n")}
<script type="module">
  import { createAuthClient } from "${moduleURL("better-auth/client")}";
  window.client = createAuthClient();
  const { data } = await client.getSession();
  document.querySelector("#user").textContent = data?.user.email ?? "nobody";
</script>`;

/**
 * An app in front of an instance, at an origin of its own that the instance gets as its base URL: pages below /app/ with
 * better-auth's client in `client`, the address of who is signed in in #user, and buttons for what `buttons` maps to
 * code; npm's packages below /modules/, for the pages to import; all else is the instance's.
 */
export class App {
  #server;
  #instance;

  static async start(buttons = {}) {
    const app = new App();
    const page = pageText(buttons);
    app.#server = createServer((req, res) => {
      const [, folder] = /^\/(app|modules)\//.exec(req.url) ?? [];
      if (folder === "app") res.setHeader("content-type", "text/html").end(page);
      else if (folder === "modules") void app.#module(req, res);
      else app.#pass(req, res);
    });
    await new Promise((resolve) => app.#server.listen(0, "127.0.0.1", resolve));
    app.origin = `http://127.0.0.1:${app.#server.address().port}`;
    return app;
  }

  /** Says which instance it is the app of. */
  of(instance) {
    this.#instance = new URL(instance.url);
  }

  async #module(req, res) {
    try {
      const text = await moduleText(new URL(req.url, "http://app").pathname.slice("/modules/".length));
      res.writeHead(200, { "content-type": "text/javascript", "cache-control": "max-age=3600" }).end(text);
    } catch (error) {
      res.writeHead(404).end(String(error));
    }
  }

  #pass(req, res) {
    const { hostname, port } = this.#instance;
    const passed = request({ hostname, port, method: req.method, path: req.url, headers: req.headers }, (answer) => {
      res.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(res);
    });
    passed.on("error", () => res.destroy());
    req.pipe(passed);
  }

  close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
