import { Component, inject, signal } from "@angular/core";
import { isAuthError } from "hallpass";
import { Auth } from "hallpass/angular";

@Component({
  selector: "app-login",
  template: `
    <form (submit)="submit($event)">
      <input name="email" type="email" autocomplete="username" />
      <input name="password" type="password" autocomplete="current-password" />
      <button>Sign in</button>
      <p role="alert">{{ problem() }}</p>
    </form>
  `,
})
export class Login {
  readonly problem = signal("");
  private readonly auth = inject(Auth);

  async submit(event: Event): Promise<void> {
    event.preventDefault();
    const fields = new FormData(event.target as HTMLFormElement);
    try {
      await this.auth.login({ email: fields.get("email"), password: fields.get("password") });
    } catch (error) {
      this.problem.set(isAuthError(error) ? error.message : "Something went wrong.");
    }
  }
}
