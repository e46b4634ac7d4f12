import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { AuthProvider } from "hallpass/react";
import { auth } from "./auth.js";
import App from "./App.jsx";

createRoot(document.getElementById("root")).render(
  <StrictMode>
    <AuthProvider auth={auth}>
      <App />
    </AuthProvider>
  </StrictMode>,
);
