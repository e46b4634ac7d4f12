import { render } from "solid-js/web";
import { AuthProvider } from "hallpass/solid";
import { App } from "./App";
import { auth } from "./auth";

render(
  () => (
    <AuthProvider auth={auth}>
      <App />
    </AuthProvider>
  ),
  document.getElementById("root")!,
);
