// The functions that an app gives: what they throw is told to the app, and is a failure of the request.

/** A function of the app's threw, or answered what it must not. */
export class HookError extends Error {}

/** What the app's own `fetch` answers has to be a `Response`, as far as it is read. */
export async function answerOf(promise) {
  const response = await promise;
  if (!(response?.headers instanceof Headers) || typeof response.text !== "function") {
    throw failed("fetch", new TypeError("it answered no Response"));
  }
  return response;
}

export async function asked(name, ask) {
  try {
    return await ask();
  } catch (error) {
    throw failed(name, error);
  }
}

export function failed(name, error) {
  console.error(`hallpass: the option ${name} failed`, error);
  return new HookError(name);
}
