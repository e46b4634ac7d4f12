// The libraries, each with `auth.authFetch` where it takes a `fetch`. `orders` and `missing` are what an app calls.
import { ApolloClient, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { CancelledError, QueryClient } from "@tanstack/query-core";
import { createTRPCClient, httpLink } from "@trpc/client";
import axios from "axios";
import { ClientError, GraphQLClient } from "graphql-request";
import { createAuth } from "hallpass";
import { axiosAdapter } from "hallpass/axios";
import ky from "ky";
import createClient from "openapi-fetch";

const base = () => `${location.origin}/api/jwt`;

const libraries = {
  "openapi-fetch"({ authFetch }) {
    const api = createClient({ baseUrl: base(), fetch: authFetch });
    return {
      orders: async (signal) => (await api.GET("/orders", { signal })).data,
      async missing() {
        const { error, response } = await api.GET("/missing");
        return [response.status, error];
      },
    };
  },
  ky({ authFetch }) {
    const api = ky.create({ baseUrl: `${base()}/`, fetch: authFetch });
    return {
      orders: (signal) => api.get("orders", { signal }).json(),
      missing: () => api.get("missing").json().catch((error) => [error.name, error.response.status]),
    };
  },
  "graphql-request"({ authFetch }) {
    const api = new GraphQLClient(`${base()}/graphql`, { fetch: authFetch });
    return {
      orders: async (signal) => (await api.request({ document: "{ orders }", signal })).orders,
      missing: () =>
        api
          .request("{ missing }")
          .catch((error) => [error instanceof ClientError, error.response.errors[0].message]),
    };
  },
  "@apollo/client"({ authFetch }) {
    const link = new HttpLink({ uri: `${base()}/graphql`, fetch: authFetch });
    const api = new ApolloClient({ link, cache: new InMemoryCache() });
    const options = { fetchPolicy: "network-only" };
    return {
      // Else Apollo would ask once for queries that are alike.
      orders: async (signal) => {
        const context = { queryDeduplication: false, fetchOptions: { signal } };
        return (await api.query({ query: gql`{ orders }`, context, ...options })).data.orders;
      },
      missing: () =>
        api
          .query({ query: gql`{ missing }`, ...options })
          .catch((error) => [CombinedGraphQLErrors.is(error), error.message]),
    };
  },
  "@tanstack/query-core"({ authFetch }) {
    const api = new QueryClient({ defaultOptions: { queries: { retry: false } } });
    let count = 0;
    const get = async (path, signal) => {
      const response = await authFetch(path, { signal });
      if (!response.ok) throw new Error(`status ${response.status}`);
      return response.json();
    };
    return {
      orders: (signal) => {
        const queryKey = ["orders", ++count];
        signal?.addEventListener("abort", () => api.cancelQueries({ queryKey }));
        return api.query({ queryKey, queryFn: ({ signal }) => get("/api/jwt/orders", signal) }).catch((error) => {
          // It has no name of its own.
          throw error instanceof CancelledError ? { name: "CancelledError" } : error;
        });
      },
      missing: () =>
        api
          .query({ queryKey: ["missing"], queryFn: () => get("/api/jwt/missing") })
          .catch((error) => [error.message, api.getQueryState(["missing"]).status]),
    };
  },
  "@trpc/client"({ authFetch }) {
    const api = createTRPCClient({ links: [httpLink({ url: `${base()}/trpc`, fetch: authFetch })] });
    return {
      orders: (signal) => api.orders.query(undefined, { signal }),
      missing: () => api.missing.query().catch((error) => [error.name, error.data.code, error.data.httpStatus]),
    };
  },
  axios(auth) {
    const api = axios.create({ baseURL: base(), adapter: axiosAdapter(auth) });
    return {
      orders: async (signal) => (await api.get("/orders", { signal })).data,
      missing: () => api.get("/missing").catch((error) => [error.name, error.code, error.response.status]),
    };
  },
};

globalThis.app = { createAuth, libraries };
