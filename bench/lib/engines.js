// The browsers that can be driven, each by what drives it best.
const DRIVERS = { chromium: "./chromium.js", firefox: "./webdriver.js", webkit: "./webdriver.js" };

export async function launch(name) {
  if (!DRIVERS[name]) throw new Error(`there is no engine ${name}; there are ${Object.keys(DRIVERS).join(", ")}`);
  return (await import(DRIVERS[name])).launch(name);
}
