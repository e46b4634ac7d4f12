// Why there is no engine, in words of ours. It imports nothing, or the first file of a page would be cut in two.

/** An error of ours for one of a browser that compiles no WebAssembly; else the same. */
export function explained(error, AuthError) {
  // Each engine has its own words; all of them name the policy or the keyword.
  if (!/content security policy|unsafe-eval|\bCSP\b/i.test(String(error?.message))) return error;
  const text = "the page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to script-src";
  return new AuthError("unsupported", text, { cause: error });
}
