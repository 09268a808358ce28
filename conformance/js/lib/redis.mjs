// Redis, for tests of servers that share it.
import Redis from "ioredis";

const ADDRESS = process.env.CARDEA_TEST_REDIS ?? "127.0.0.1:6379";

/** The URL of the Redis that the environment names, by address or by URL. */
export const REDIS = ADDRESS.includes("://") ? ADDRESS : `redis://${ADDRESS}`;

/** A connection to it, or undefined if it cannot be reached. */
export async function connectRedis() {
  const redis = new Redis(REDIS, { lazyConnect: true, retryStrategy: null });
  redis.on("error", () => {}); // connect() tells
  return redis.connect().then(
    () => redis,
    () => undefined,
  );
}
