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
import { Testbed, parseCommand } from "./testbed.mjs";

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
 * Defines a suite of tests per adapter and database, all against one testbed.
 *
 * `define(open, setup)` declares the tests. `open(t, description?)` opens an
 * instance over a fresh database, and closes both when the test `t` ends.
 */
export function matrix(define) {
  let testbed;
  before(async () => (testbed = await startTestbed()));
  after(() => testbed?.stop());
  for (const adapter of ADAPTERS) {
    for (const kind of DATABASES) {
      describe(`${adapter}/${kind}`, () => {
        const open = async (t, description) => {
          const { database, drop } = await freshDatabase(kind);
          let instance;
          t.after(async () => {
            await instance?.close();
            await drop();
          });
          instance = await testbed.open(describeInstance({ adapter, database, ...description }));
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
