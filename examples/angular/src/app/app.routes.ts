import type { Routes } from "@angular/router";
import { signedInGuard, signedOutGuard } from "hallpass/angular";
import { List } from "./list";
import { Login } from "./login";
import { Orders } from "./orders";

export const routes: Routes = [
  { path: "login", component: Login, canActivate: [signedOutGuard] },
  { path: "orders", component: Orders, canActivate: [signedInGuard] },
  { path: "list", component: List, canActivate: [signedInGuard] },
  { path: "", pathMatch: "full", redirectTo: "orders" },
];
