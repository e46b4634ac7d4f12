import { createAuthClient } from "better-auth/client";

export const start = () => createAuthClient({ baseURL: location.origin });
