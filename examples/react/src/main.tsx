import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { AuthProvider } from "hallpass/react";
import { auth } from "./auth";
import App from "./App";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

createRoot(root).render(
  <StrictMode>
    <AuthProvider auth={auth}>
      <App />
    </AuthProvider>
  </StrictMode>,
);
