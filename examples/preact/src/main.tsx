import { render } from "preact";
import { AuthProvider } from "hallpass/preact";
import { App } from "./app";
import { auth } from "./auth";

const root = document.getElementById("app");
if (!root) throw new Error("index.html has no #app");

render(
  <AuthProvider auth={auth}>
    <App />
  </AuthProvider>,
  root,
);
