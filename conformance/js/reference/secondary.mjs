// The secondary storage of an instance.
import { revive } from "./revive.mjs";
import { Unsupported } from "./unsupported.mjs";

/** Opens the storage of a description; undefined where there is none. onClose takes what ends it. */
export async function openSecondaryStorage(description, { record, onClose }) {
  if (!description) return undefined;
  const { kind, ...rest } = description;
  switch (kind) {
    case "memory":
      return memoryStorage();
    case "redis": {
      const { default: Redis } = await import("ioredis");
      const { redisStorage } = await import("@better-auth/redis-storage");
      const client = new Redis(rest.url);
      onClose(() => client.quit());
      return redisStorage({ client, keyPrefix: "better-auth:" });
    }
    case "webhook":
      return revive(rest, "secondaryStorage", record);
  }
  throw new Unsupported([`secondaryStorage.kind=${kind}`]);
}

/** A map with lifetimes in seconds. Reads the instance's clock, as it asks Date inside of its requests. */
function memoryStorage() {
  const entries = new Map();
  const live = (key) => {
    const entry = entries.get(key);
    if (entry && entry.until <= Date.now()) entries.delete(key);
    return entries.get(key);
  };
  const set = (key, value, ttl) => {
    entries.set(key, { value, until: ttl ? Date.now() + ttl * 1000 : Infinity });
  };
  return {
    get: (key) => live(key)?.value ?? null,
    set,
    delete: (key) => void entries.delete(key),
    getAndDelete(key) {
      const value = live(key)?.value ?? null;
      entries.delete(key);
      return value;
    },
    increment(key, ttl) {
      const entry = live(key);
      if (!entry) {
        set(key, "1", ttl); // only creation sets the lifetime
        return 1;
      }
      entry.value = String(Number(entry.value) + 1);
      return Number(entry.value);
    },
  };
}
