// The pages that are followed.

/**
 * By the name of the page: its title, the package whose version is told, and which files are the app's own, so not a part of what sets
 * hallpass up.
 */
export const FRAMEWORKS = {
  react: { title: "React", version: "react", own: /App\.[jt]sx$/ },
  vue: { title: "Vue", version: "vue", own: /\.vue$/ },
  svelte: { title: "Svelte", version: "svelte", own: /\.svelte$/ },
  solid: { title: "Solid", version: "solid-js", own: /App\.[jt]sx$/ },
  preact: { title: "Preact", version: "preact", own: /app\.[jt]sx$/ },
  angular: { title: "Angular", version: "@angular/core", own: /\/(app|login|orders|list)\.ts$/ },
};
