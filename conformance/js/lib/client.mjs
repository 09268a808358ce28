// better-auth's client as a browser page of an instance would use it.
import { createAuthClient } from "better-auth/client";
import { Jar } from "./jar.mjs";

/**
 * Makes a client of an instance with a cookie jar of its own.
 *
 * `create` is the createAuthClient of one of better-auth's entry points. Returns
 * the client, its jar, and its fetch, whose `last` is the last response.
 */
export function clientOf(instance, { create = createAuthClient, jar = new Jar(), ...options } = {}) {
  const fetch = jar.fetch(instance.url);
  const client = create({ baseURL: instance.url, fetchOptions: { customFetchImpl: fetch }, ...options });
  return { client, jar, fetch };
}

/** The data of a client's answer; an error answer fails the test with its text. */
export function ok({ data, error }) {
  if (error) throw new Error(`the server answered ${error.status} ${error.code ?? ""} ${error.message ?? ""}`);
  return data;
}

let people = 0;

/** Credentials of somebody new. */
export function person(fields = {}) {
  people += 1;
  return { name: `Person ${people}`, email: `person${people}@example.com`, password: "correct horse", ...fields };
}

/** Waits until a store holds a value that `wanted` accepts, and returns that value. */
export function until(store, wanted, { timeout = 10_000 } = {}) {
  return new Promise((resolve, reject) => {
    let current;
    let stop = () => {};
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`the store still holds ${JSON.stringify(current)} after ${timeout} ms`));
    }, timeout);
    const finish = (value) => {
      clearTimeout(timer);
      queueMicrotask(() => stop()); // subscribe() may call us before it returns
      resolve(value);
    };
    stop = store.subscribe((value) => {
      current = value;
      if (wanted(value)) finish(value);
    });
  });
}
