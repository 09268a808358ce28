// A browser's cookie behaviour, as far as one origin needs it.

/** Cookies of one actor. They expire when the server says so, not with time: tests move the server's clock, not ours. */
export class Jar {
  #cookies = new Map();

  /** Takes Set-Cookie lines, in order. */
  store(lines) {
    for (const line of lines) {
      const { name, value, attributes } = parseSetCookie(line);
      if (attributes.some(([key, v]) => key.toLowerCase() === "max-age" && Number(v) <= 0)) this.#cookies.delete(name);
      else this.#cookies.set(name, { value, attributes });
    }
  }

  /** The Cookie header to send, or undefined where there are no cookies. */
  get header() {
    if (this.#cookies.size === 0) return undefined;
    return [...this.#cookies].map(([name, { value }]) => `${name}=${value}`).join("; ");
  }

  get names() {
    return [...this.#cookies.keys()];
  }

  /** The cookie { value, attributes } as it was set last, or undefined. */
  get(name) {
    return this.#cookies.get(name);
  }

  set(name, value) {
    this.#cookies.set(name, { value, attributes: [] });
  }

  delete(name) {
    this.#cookies.delete(name);
  }

  clone() {
    const copy = new Jar();
    for (const [name, cookie] of this.#cookies) copy.#cookies.set(name, cookie);
    return copy;
  }

  /**
   * A fetch with this jar, for the `customFetchImpl` of better-auth's client.
   *
   * It behaves like a page of `origin`: sends the cookies and the origin, keeps
   * what is set. The last response stays in `fetch.last` for a look at its headers.
   */
  fetch(origin) {
    const send = async (input, init) => {
      const request = new Request(input, init);
      const headers = new Headers(request.headers);
      headers.set("origin", origin);
      if (this.header) headers.set("cookie", this.header);
      const response = await fetch(request, { headers });
      this.store(response.headers.getSetCookie());
      send.last = response;
      return response;
    };
    return send;
  }
}

/** Splits one Set-Cookie line: { name, value, attributes: [[key, value or undefined]] }, all as written. */
export function parseSetCookie(line) {
  const [pair, ...rest] = line.split("; ");
  const split = (text) => {
    const at = text.indexOf("=");
    return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
  };
  const [name, value] = split(pair);
  return { name, value: value ?? "", attributes: rest.map(split) };
}
