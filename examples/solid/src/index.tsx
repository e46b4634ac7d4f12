import { render } from "solid-js/web";
import { AuthProvider } from "hallpass/solid";
import { App } from "./App";
import { auth } from "./auth";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

render(
  () => (
    <AuthProvider auth={auth}>
      <App />
    </AuthProvider>
  ),
  root,
);
