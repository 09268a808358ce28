// Runs a scenario file's tests for each adapter and database that the environment names.
//
//   TESTBED_CMD       how to start the testbed: a JSON array, or words (default: the reference)
//   TESTBED_CONTROL   or the control address of one that already runs
//   ADAPTERS          comma list (default: stdlib)
//   DATABASES         comma list of memory, sqlite, postgres, mysql (default: memory)
//   PASSWORD_HASHER   fast (default) or scrypt
import { after, before, describe } from "node:test";
import { fileURLToPath } from "node:url";
import { freshDatabase } from "./databases.mjs";
import { Pending, PendingError } from "./pending.mjs";
import { Testbed, Unsupported, parseCommand } from "./testbed.mjs";

const list = (text) =>
  text
    .split(",")
    .map((word) => word.trim())
    .filter(Boolean);

export const ADAPTERS = list(process.env.ADAPTERS ?? "stdlib");
export const DATABASES = list(process.env.DATABASES ?? "memory");
export const PASSWORD_HASHER = process.env.PASSWORD_HASHER ?? "fast";

/** The command that starts the reference server. */
export const REFERENCE = [
  process.execPath,
  fileURLToPath(new URL("../reference/main.mjs", import.meta.url)),
  "--listen",
  "127.0.0.1:0",
];

/** Starts, or finds, the testbed that the environment names. */
export function startTestbed() {
  if (process.env.TESTBED_CONTROL) return Testbed.attach(process.env.TESTBED_CONTROL);
  return Testbed.start(process.env.TESTBED_CMD ? parseCommand(process.env.TESTBED_CMD) : REFERENCE);
}

/**
 * The function of a test that is skipped, by name, while it has to wait for a feature of the server:
 *
 *     const test = (name, fn) => nodeTest(name, waits(fn));
 */
export function waits(fn) {
  return async (t) => {
    try {
      await fn(t);
    } catch (error) {
      if (!(error instanceof PendingError)) throw error;
      t.skip(error.message);
    }
  };
}

/**
 * Opens an instance. `needs` are the endpoints without an option of their own that the test calls: "POST /update-user".
 * A PendingError says that the server is known to lack something of it.
 */
export async function openInstance(testbed, { needs, ...description }) {
  const pending = await Pending.of(testbed);
  const endpoint = pending.forEndpoints(needs);
  if (endpoint) throw new PendingError(endpoint);
  try {
    return await testbed.open(describeInstance(description));
  } catch (error) {
    const feature = error instanceof Unsupported && pending.forOptions(error.paths);
    throw feature ? new PendingError(feature) : error;
  }
}

/**
 * Defines a suite of tests per adapter and database, all against one testbed.
 *
 * `define(open, setup)` declares the tests. `open(t, description?)` opens an
 * instance over a fresh database, and closes both when the test `t` ends; besides the members of a description, `needs`
 * names endpoints (see openInstance). `kinds` limits the databases, for tests that are not about them.
 */
export function matrix(define, kinds = DATABASES) {
  let testbed;
  before(async () => (testbed = await startTestbed()));
  after(() => testbed?.stop());
  for (const adapter of ADAPTERS) {
    for (const kind of DATABASES.filter((name) => kinds.includes(name))) {
      describe(`${adapter}/${kind}`, () => {
        const open = async (t, description) => {
          const { database, drop } = await freshDatabase(kind);
          let instance;
          t.after(async () => {
            await instance?.close();
            await drop();
          });
          instance = await openInstance(testbed, { adapter, database, ...description });
          return instance;
        };
        define(open, { adapter, kind, testbed: () => testbed });
      });
    }
  }
}

/** Fills what every scenario wants into an instance description. */
export function describeInstance({ options, ...rest }) {
  return {
    passwordHasher: PASSWORD_HASHER,
    ...rest,
    options: { emailAndPassword: { enabled: true }, ...options },
  };
}
