import { AuthClient } from "@supabase/auth-js";

export const start = () => new AuthClient({ url: location.origin, autoRefreshToken: false, persistSession: false });
