// Which instance the code that is running now serves.
//
// `fetch` and `Date` are process-wide, but their behaviour under test belongs
// to one instance. The instance travels with the asynchronous call chain.
import { AsyncLocalStorage } from "node:async_hooks";

const storage = new AsyncLocalStorage();

/** The scope ({ instance, pending }) of the request being served, if any. */
export const currentScope = () => storage.getStore();

/**
 * Runs fn on behalf of instance. Background work that fn starts is collected in
 * the scope's `pending`, so that an answer can wait for it.
 */
export function inScope(instance, fn) {
  const scope = { instance, pending: [] };
  return storage.run(scope, () => fn(scope));
}

/** Waits for the background work of a scope, including work that this work starts. */
export async function settle(scope) {
  while (scope.pending.length > 0) await Promise.allSettled(scope.pending.splice(0));
}
