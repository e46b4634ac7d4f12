// A built app before the reference backend, and a browser to open it in.
import { launch } from "../../packaging/lib/browser.js";
import { startBackend } from "./backend.js";
import { buildProject, serve } from "./project.js";

/**
 * Builds as `buildProject` does, and serves the app once for each entry. `origin(entry)` is where, `complaints` are the bundler's.
 * What was started before something failed is ended. `hallpass` is removed in the end.
 */
export async function openWorld(hallpass, name, project) {
  const ends = [() => hallpass.remove()];
  const close = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const { root, complaints } = await buildProject(hallpass, name, project);
    const backend = await startBackend();
    ends.push(backend.close);
    const servers = {};
    for (const entry of Object.keys(project.entries)) {
      servers[entry] = await serve(root, backend, entry);
      ends.push(servers[entry].close);
    }
    const browser = await launch();
    ends.push(() => browser.close());
    return { complaints, backend, browser, origin: (entry) => servers[entry].origin, close };
  } catch (error) {
    await close();
    throw error;
  }
}
