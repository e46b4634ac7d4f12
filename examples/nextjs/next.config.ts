import type { NextConfig } from "next";

const backend = process.env.BACKEND ?? "http://localhost:8787";

const config: NextConfig = {
  rewrites: async () => ["auth", "api"].map((area) => ({ source: `/${area}/:path*`, destination: `${backend}/${area}/:path*` })),
};

export default config;
