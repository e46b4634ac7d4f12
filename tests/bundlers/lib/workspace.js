// A folder with the installed package and the apps, where the bundlers of this folder are found as well.
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installPackage } from "../../packaging/lib/package.js";

const apps = fileURLToPath(new URL("../apps", import.meta.url));
const here = fileURLToPath(new URL("..", import.meta.url));

/** Ways to name the address of the file, each a module that has it as its default export. */
export const WASM = {
  query: 'export { default } from "hallpass/hallpass.wasm?url";\n',
  url: 'export default new URL("hallpass/hallpass.wasm", import.meta.url);\n',
  import: 'export { default } from "hallpass/hallpass.wasm";\n',
};

/** Below `parent`, whose `node_modules` is found as well. */
export async function openWorkspace(parent = here) {
  const work = join(parent, ".work");
  await mkdir(work, { recursive: true });
  const hallpass = await installPackage(work);
  return {
    ...hallpass,
    /** A folder with `main.js`, what it imports and its page. */
    async app(name, wasm = WASM.query) {
      const folder = join(hallpass.root, name);
      await mkdir(folder);
      for (const file of ["index.html", "sign-in.js"]) await cp(join(apps, file), join(folder, file));
      await cp(join(apps, `${name}.js`), join(folder, "main.js"));
      await writeFile(join(folder, "wasm.js"), wasm);
      return folder;
    },
  };
}
