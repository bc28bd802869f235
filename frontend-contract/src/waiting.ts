/** Waiting before the next try. */

/** So many milliseconds, or until the network is back or the signal says to stop. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      globalThis.removeEventListener?.('online', done);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    globalThis.addEventListener?.('online', done);
    signal?.addEventListener('abort', done);
  });
}

/** Doubles from a quarter of a second to `most`, by chance up to a half less, so that not all come at once. */
export const backOff = (tries: number, most = 15_000): number =>
  Math.min(most, 250 * 2 ** Math.min(tries, 10)) * (0.5 + Math.random() / 2);
