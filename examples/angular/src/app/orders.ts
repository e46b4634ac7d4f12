import { HttpClient } from "@angular/common/http";
import { Component, inject, signal } from "@angular/core";
import { Auth } from "hallpass/angular";

@Component({
  selector: "app-orders",
  template: `
    <h1>Hello {{ auth.user()?.name }}</h1>
    <button (click)="load()">Load the orders</button>
    <button (click)="auth.logout()">Sign out</button>
    <output>{{ orders() }}</output>
  `,
})
export class Orders {
  readonly auth = inject(Auth);
  readonly orders = signal("");
  private readonly http = inject(HttpClient);

  load(): void {
    this.http.get("/api/hybrid/orders", { responseType: "text" }).subscribe((text) => {
      this.orders.set(text);
    });
  }
}
