import { cache } from "react";
import { headers } from "next/headers";
import { userOf } from "./user";

export const currentUser = cache(async () => userOf((await headers()).get("cookie")));
