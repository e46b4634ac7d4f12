// A client on a server, whose module two requests may share.

const WORDS =
  "another user signs in by this client, and a server has many: make a client for each request, with a key of its own, or call logout() first";

/**
 * Ends the session when another user signs in over somebody: one visitor would be shown the other. It imports nothing, or the first file
 * of a page would be cut in two.
 */
export function forOne(shell, AuthError) {
  let isAnother = false;
  shell.subscribe(([event]) => {
    isAnother ||= event === "subject-changed";
  });
  for (const name of ["login", "adopt"]) {
    const sign = shell[name];
    shell[name] = async (...args) => {
      isAnother = false;
      const user = await sign.apply(shell, args);
      if (!isAnother) return user;
      await shell.logout().catch(() => {});
      throw new AuthError("unsupported", WORDS);
    };
  }
}
