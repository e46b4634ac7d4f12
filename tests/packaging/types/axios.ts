// `hallpass/axios`, with the types of axios.
import axios, { type AxiosAdapter, type AxiosInstance } from "axios";
import type { AuthClient } from "hallpass";
import { axiosAdapter } from "hallpass/axios";

interface Person {
  name: string;
}

export function apis(auth: AuthClient<Person>): AxiosInstance[] {
  const adapter: AxiosAdapter = axiosAdapter(auth);
  return [
    axios.create({ adapter }),
    axios.create({ adapter: axiosAdapter(auth, "fetch") }),
    axios.create({ adapter: axiosAdapter(auth, ["xhr", adapter]) }),
  ];
}

// @ts-expect-error -- a client it must be
axiosAdapter({});
