import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

// The folder with `node_modules`, and where the backend is: both are of this test, neither is for hallpass.
const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const backend = process.env.BACKEND;

export default {
  turbopack: { root },
  outputFileTracingRoot: root,
  rewrites: async () =>
    ["auth", "api", ".well-known"].map((area) => ({
      source: `/${area}/:path*`,
      destination: `${backend}/${area}/:path*`,
    })),
};
