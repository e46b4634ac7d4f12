import { Component, inject } from "@angular/core";
import { RouterOutlet } from "@angular/router";
import { Auth } from "hallpass/angular";

@Component({
  selector: "app-root",
  imports: [RouterOutlet],
  template: `
    @if (auth.status() === "restoring") {
      <p>One moment…</p>
    } @else {
      <router-outlet />
    }
  `,
})
export class App {
  readonly auth = inject(Auth);
}
