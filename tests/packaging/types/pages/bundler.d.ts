// What Vite makes of an import of a file. The frameworks need not be installed for the pages without them.
declare module "*?url" {
  const url: string;
  export default url;
}

declare module "*.vue" {
  const component: any;
  export default component;
}
