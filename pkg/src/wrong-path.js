// What the console says of an endpoint that seems not to be there, once for each. Loaded when there is one.

const HELP = "https://github.com/hallpass-auth/hallpass/blob/main/docs/troubleshooting.md#an-endpoint-is-not-there";

/** The codes in an answer. Apart from what is looked for in them: else the time grows with the square of a long one. */
const CODES = /"(?:code|error|error_?code)"\s*:\s*"(\w+)"/gi;
/** By such a code the endpoint itself speaks: of what it was asked for, not of its path. */
const OWN = /session|token|grant|credential|user|auth|login/i;
const speaks = (text) => [...String(text).matchAll(CODES)].some(([, code]) => OWN.test(code));

/** What has been told of. */
const told = new Set();

/**
 * `kind`: what the request was for. `answer`: a list, whose status is the first and whose body stands at 6: a page in place of JSON, if the status
 * is a good one. `login`: what one login had of its own.
 */
export function wrongPath(options, kind, method, url, answer, login) {
  const { 0: status, 6: text } = answer;
  const own = login?.contract;
  const option = own ? "the endpoint that login() was given" : kind === "csrf" ? "csrf.endpoint" : `endpoints.${kind}`;
  const given = own ?? options.endpoints?.[kind];
  const asked = `${given?.method ?? method} ${url.split(/[?#]/)[0]}`;
  if (told.has(asked) || speaks(text)) return;
  told.add(asked);
  const page = " with a page in place of JSON, as a server does that sends its index.html for each path it does not know";
  const isDefault = !given && kind !== "csrf";
  const cure = isDefault ? `The option ${option} is not set, so this is its default: set it to the path of your backend` : `Look at ${option}`;
  const more = status === 405 || status === 501 ? ", and at the method" : "";
  console.warn(
    `hallpass: ${asked} answered ${status}${status < 300 ? page : ""}. ${cure}${more}; while you develop, the development server has to pass it on. ${HELP}`,
  );
}
