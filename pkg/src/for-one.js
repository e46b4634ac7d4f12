// A client on a server, whose module two requests may share.

const CURE = "make a client for each request, with a key of its own, or call logout() first";

/** Lets nobody sign in while somebody is signed in: one visitor would be shown the other. It imports nothing, or the first file would be cut in two. */
export function forOne(shell, AuthError) {
  for (const name of ["login", "adopt"]) {
    const sign = shell[name];
    shell[name] = async (...args) => {
      if (shell.snapshot(-1)[1] !== "signed-in") return sign.apply(shell, args);
      throw new AuthError("unsupported", `somebody is signed in by this client, and a server has many users: ${CURE}`);
    };
  }
}
