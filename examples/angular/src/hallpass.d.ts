import "hallpass";

declare module "hallpass" {
  interface Register {
    user: { id: string; name: string; email: string };
  }
}
