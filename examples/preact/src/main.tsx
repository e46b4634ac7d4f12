import { render } from "preact";
import { AuthProvider } from "hallpass/preact";
import { App } from "./app";
import { auth } from "./auth";

render(
  <AuthProvider auth={auth}>
    <App />
  </AuthProvider>,
  document.getElementById("app")!,
);
