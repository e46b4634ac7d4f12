import { httpResource } from "@angular/common/http";
import { Component, inject } from "@angular/core";
import { Auth } from "hallpass/angular";

@Component({
  selector: "app-list",
  template: `<p>{{ orders.hasValue() ? orders.value() : "" }}</p>`,
})
export class List {
  private readonly auth = inject(Auth);
  readonly orders = httpResource.text(() => (this.auth.status() === "signed-in" ? "/api/hybrid/orders" : undefined));
}
