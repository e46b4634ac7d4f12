// What Vite makes of an import of a file.
declare module "*?url" {
  const url: string;
  export default url;
}

// Plugins that a new app of Vite has, and no test here needs.
declare module "@vitejs/plugin-react" {
  import type { PluginOption } from "vite";
  export default function react(): PluginOption;
}

declare module "@preact/preset-vite" {
  import type { PluginOption } from "vite";
  export default function preact(): PluginOption;
}
