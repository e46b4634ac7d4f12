// The provider's keys, from a server that does not end.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { installPackage } from "../packaging/lib/package.js";

/** Bytes after which the server sends nothing more, and does not end either. */
const MOST = 64 * 1_048_576;
let hallpass, server, sent, ended;
before(async () => {
  hallpass = await installPackage();
  const chunk = Buffer.alloc(65_536, " ");
  server = createServer(async (_, response) => {
    sent = 0;
    let isOpen = true;
    ended = once(response, "close").then(() => (isOpen = false));
    while (isOpen && sent < MOST) {
      sent += chunk.length;
      if (!response.write(chunk)) await Promise.race([once(response, "drain"), ended]);
    }
  });
  await once(server.listen(0), "listening");
});
after(async () => {
  server?.closeAllConnections();
  server?.close();
  await hallpass?.remove();
});

test("of a key set that is too long no more is read than may be", async () => {
  const { Keys, Unavailable } = await import(pathToFileURL(join(hallpass.root, "node_modules/hallpass/src/verify/keys.js")));
  const keys = new Keys({ url: `http://localhost:${server.address().port}/` });
  await assert.rejects(keys.ready(), (error) => error instanceof Unavailable && /1 MiB/.test(error.cause.message));
  // What the system buffers on the way comes on top.
  assert.ok(sent < MOST, `${sent} bytes`);
});
