import { createClient } from 'redis';
import { serve } from './serve.mjs';

const redis = await createClient({ url: process.env.REDIS_URL }).connect();
const keys = Array.from({ length: 20 }, (_, at) => `order:${at + 1}`);

serve({
  async unfixed() {
    const found = [];
    for (const key of keys) {
      found.push(await redis.get(key)); // N+1
    }
    return found;
  },
  async sideBySide() {
    return await Promise.all(keys.map((key) => redis.get(key))); // side by side
  },
  async fixed() {
    return redis.mGet(keys);
  },
});
